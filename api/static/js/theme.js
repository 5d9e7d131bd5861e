// Light, dark or as the device: the person's choice on this device. Loaded before the page is painted, so
// that it never flashes. It also says that scripts run: what needs them is hidden elsewhere.

(() => {
  const KEY = "theme";
  const CHOICES = ["auto", "light", "dark"];
  const ICONS = { auto: "screen", light: "sun", dark: "moon" };

  const chosen = () => (CHOICES.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : "auto");

  function apply() {
    const theme = chosen();
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  function show(button) {
    const theme = chosen();
    const use = button.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[theme]}`));
    button.querySelector("span").textContent = button.dataset[theme];
  }

  apply();
  document.documentElement.classList.add("scripted");
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      show(button);
      button.addEventListener("click", () => {
        localStorage.setItem(KEY, CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]);
        apply();
        show(button);
      });
    }
  });
})();
