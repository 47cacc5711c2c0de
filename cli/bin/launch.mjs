// Plain JavaScript that also an old Node can read, so that it can say what is missing.

/** Runs the program of this file, or says what is missing. */
export async function launch(main) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(
      `fleet needs Node 20.19 or newer, this is ${process.versions.node}: install a newer one (https://nodejs.org).\n`,
    );
    process.exitCode = 2;
  } else {
    const tsx = await import("tsx/esm/api").catch(() => undefined);
    if (tsx === undefined) {
      process.stderr.write("The project's dependencies are not installed: run npm ci in its folder.\n");
      process.exitCode = 2;
    } else {
      // On Node 20 the AWS SDK would say at every command that its versions of 2027 want Node 22. Ours is pinned. Processes started here inherit it.
      // biome-ignore lint/style/noProcessEnv: composition root
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
      tsx.register();
      await import(main);
    }
  }
}
