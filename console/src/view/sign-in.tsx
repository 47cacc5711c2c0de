import { useSignal } from "@preact/signals";
import type { Actions } from "../net/actions.ts";

/** Asks for the API's token. It is sent once, and kept nowhere on the page. */
export function SignIn(props: {
  readonly problem?: string | undefined;
  readonly signIn: Actions["signIn"];
  readonly onSignedIn: () => void;
}) {
  const problem = useSignal(props.problem);
  const isBusy = useSignal(false);
  const submit = async (form: HTMLFormElement) => {
    const input = form.elements.namedItem("token");
    if (!(input instanceof HTMLInputElement) || isBusy.value) return;
    isBusy.value = true;
    problem.value = await props.signIn(input.value);
    isBusy.value = false;
    input.value = "";
    if (problem.value === undefined) props.onSignedIn();
    else input.focus();
  };
  return (
    <form
      class="card sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <h2>Sign in</h2>
      <input type="text" autocomplete="username" value="api" readOnly hidden />
      <label for="token">API token of this fleet</label>
      <input id="token" name="token" type="password" autocomplete="current-password" required maxLength={1000} />
      <button type="submit" disabled={isBusy.value}>
        Sign in
      </button>
      <p role="alert" class="problem">
        {problem.value}
      </p>
      <p class="hint">
        Of a local fleet it is in <code>.fleet/local/NAME/monitoring/secrets/api_token</code>, on AWS in Parameter
        Store.
      </p>
    </form>
  );
}
