// A job's progress, told by the server as it happens; at its end its part of the page is renewed.
const follow = (card) => {
  card.removeAttribute("data-waiting");
  const bar = card.querySelector("progress");
  const words = card.querySelector("[data-words]");
  const source = new EventSource(card.dataset.events);
  const renew = () => {
    source.close();
    htmx.ajax("GET", card.dataset.part, { target: card, swap: "outerHTML" });
  };
  source.addEventListener("progress", (event) => {
    const { state, progress, seconds } = JSON.parse(event.data);
    if (progress.total) {
      bar.max = progress.total;
      bar.value = progress.done;
    }
    const done = progress.total ? `${progress.done} of ${progress.total} ${card.dataset.unit}, ` : "";
    words.textContent = state === "waiting" ? "Waiting for its turn" : `${done}${Math.round(seconds)} s so far`;
  });
  for (const end of ["done", "failed", "cancelled"]) source.addEventListener(end, renew);
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) renew();
  });
};
const look = () => document.querySelectorAll("[data-waiting]").forEach(follow);
document.addEventListener("DOMContentLoaded", look);
document.addEventListener("htmx:afterSettle", look);
