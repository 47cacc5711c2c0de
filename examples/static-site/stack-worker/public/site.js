const text = document.getElementById("text");
const answer = document.getElementById("answer");
let asked = 0;

text.addEventListener("input", async () => {
  const mine = ++asked;
  try {
    const response = await fetch("/api/words", { method: "POST", body: text.value });
    if (!response.ok) throw new Error(`${response.status}`);
    const { characters, replica, words } = await response.json();
    if (mine === asked) answer.textContent = `${words} words, ${characters} characters, counted by ${replica}.`;
  } catch (error) {
    if (mine === asked) answer.textContent = `The API does not answer (${error.message}). Go on writing: it is asked again.`;
  }
});
