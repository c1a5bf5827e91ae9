// Filters and sharing. Without this script every page is whole; nothing here leaves the browser.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

  // Opened from disk there is no server to find index.html.
  if (location.protocol === "file:") {
    all('a[href$="/"], a[href=""]').forEach((a) => {
      if (a.protocol === "file:") a.href += "index.html";
    });
  }

  const form = document.querySelector(".filters");
  const list = document.getElementById("jobs");
  if (form && list) {
    const status = document.querySelector(".status");
    const empty = document.querySelector(".empty");
    const jobs = all(".job", list).map((node) => ({
      node,
      text: fold(node.textContent),
      m: node.dataset.m.split(" "),
      l: [node.dataset.l],
      s: [node.dataset.s],
      d: node.dataset.d ? ["1"] : [],
      r: node.dataset.r ? ["1"] : [],
    }));
    const names = ["m", "l", "s", "d", "r"].filter((name) => form.elements[name]);
    const clear = form.querySelector("button[type=reset]");
    let told = 0;

    const wanted = () => {
      const wish = new URLSearchParams();
      for (const name of names) {
        const field = form.elements[name];
        const value = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value;
        if (value) wish.set(name, value);
      }
      const words = form.elements.q.value.trim();
      if (words) wish.set("q", words);
      return wish;
    };

    const show = () => {
      const wish = wanted();
      const words = fold(wish.get("q") || "").split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const job of jobs) {
        const fits =
          names.every((name) => !wish.has(name) || job[name].includes(wish.get(name))) &&
          words.every((word) => job.text.includes(word));
        job.node.hidden = !fits;
        shown += fits;
      }
      empty.hidden = shown > 0;
      clear.hidden = !wish.toString();
      const words_for = shown < jobs.length ? "some" : jobs.length === 1 ? "one" : "all";
      const line = status.dataset[words_for].replace("{shown}", shown).replace("{count}", jobs.length);
      clearTimeout(told);
      told = setTimeout(() => (status.textContent = line), 120);
      return wish;
    };

    const remember = () => {
      const wish = show().toString();
      history.replaceState(null, "", wish ? "#" + wish : location.href.split("#")[0]);
    };

    // On a telephone the jobs come first: the drop-downs stay folded until one of them is wanted.
    const extra = form.querySelector(".extra");
    const narrow = matchMedia("(width < 60rem)");
    const unfold = () => {
      if (extra) extra.open = !narrow.matches || names.some((name) => wanted().has(name));
    };
    narrow.addEventListener("change", unfold);

    const recall = () => {
      const wish = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
      for (const name of names) {
        const field = form.elements[name];
        if (field.type === "checkbox") field.checked = wish.has(name);
        else field.value = wish.get(name) || "";
        if (field.selectedIndex === -1) field.value = "";
      }
      form.elements.q.value = wish.get("q") || "";
      unfold();
      show();
    };

    let typing = 0;
    form.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(remember, 100);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      remember();
    });
    form.addEventListener("reset", () => {
      form.elements.q.focus();
      setTimeout(remember);
    });
    empty.querySelector("button").addEventListener("click", () => {
      form.reset();
    });
    addEventListener("hashchange", () => {
      if (location.hash === "" || location.hash.includes("=")) recall();
    });
    recall();
  }

  const copy = document.querySelector(".copy");
  const native = document.querySelector(".native");
  const told = document.querySelector(".told");
  const address = (document.querySelector("link[rel=canonical]") || location).href;
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", () =>
      navigator.clipboard.writeText(address).then(() => (told.textContent = copy.dataset.done)),
    );
  }
  if (native && navigator.share) {
    native.hidden = false;
    native.addEventListener("click", () => navigator.share({ title: document.title, url: address }).catch(() => {}));
  }
})();
