// Search, filter and sort the list of events. Without this script the whole list stands in order.
(() => {
  const list = document.querySelector("ol.events");
  const events = [...list.children];
  const say = JSON.parse(list.dataset.say);
  const bar = document.createElement("form");
  bar.className = "controls";
  bar.setAttribute("role", "search");
  bar.setAttribute("aria-label", say.search);
  bar.addEventListener("submit", (event) => event.preventDefault());

  const add = (tag, name) => {
    const label = bar.appendChild(document.createElement("label"));
    label.append(name, " ");
    return label.appendChild(document.createElement(tag));
  };
  const choose = (name, options) => {
    const select = add("select", name);
    for (const [value, text] of options) select.add(new Option(text, value));
    return select;
  };
  const levels = (key) => [...new Set(events.map((event) => event.dataset[key]))];
  const filter = (key) =>
    choose(say[key], [["", say.all], ...levels(key).map((level) => [level, level])]);

  const text = add("input", say.search);
  text.type = "search";
  const region = filter("region");
  const category = filter("category");
  const order = choose(say.sort, ["date", "region", "category"].map((key) => [key, say[key]]));
  const status = bar.appendChild(document.createElement("p"));
  status.setAttribute("role", "status");

  const show = () => {
    const words = text.value.toLowerCase().split(/\s+/);
    for (const event of events) {
      const content = event.textContent.toLowerCase();
      event.hidden =
        !words.every((word) => content.includes(word)) ||
        (region.value && event.dataset.region !== region.value) ||
        (category.value && event.dataset.category !== category.value);
    }
    const key = order.value;
    const rank = key === "date" ? events : levels(key);
    const place = (event) => rank.indexOf(key === "date" ? event : event.dataset[key]);
    list.append(...[...events].sort((one, other) => place(one) - place(other)));
    const shown = events.filter((event) => !event.hidden).length;
    status.textContent = say.shown
      .replace("{shown}", shown)
      .replace("{total}", events.length);
  };

  bar.addEventListener("input", show);
  addEventListener("hashchange", () => {
    if (document.querySelector(":target")?.hidden) {
      bar.reset();
      show();
      document.querySelector(":target").scrollIntoView();
    }
  });
  list.before(bar);
  show();
})();
