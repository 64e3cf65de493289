// Parts of a page are laid out for the screen they come to.
document.addEventListener("htmx:configRequest", (event) => {
  if (matchMedia("(max-width: 40rem)").matches) event.detail.headers["X-Screen"] = "narrow";
});
