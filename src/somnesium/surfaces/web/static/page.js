// The number beside a slider follows it while it moves; everything else is done by the server.
document.addEventListener("input", (event) => {
  const shown = document.querySelector(`output[for="${event.target.id}"]`);
  if (shown) shown.textContent = event.target.value;
});

// A file dropped on its field is as if it were chosen there.
const zone = (event) => event.target.closest?.("[data-drop]");
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!zone(event)) return;
    event.preventDefault();
    zone(event).classList.toggle("over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    zone(event).querySelector("input[type=file]").files = event.dataTransfer.files;
    zone(event).closest("form").querySelector("button.main").focus();
  });
}
