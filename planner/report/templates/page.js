"use strict";
(() => {
  const $ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, text = "", name = "") => {
    const node = document.createElement(tag);
    node.textContent = text;
    if (name) node.className = name;
    return node;
  };
  const SVG = "http://www.w3.org/2000/svg";
  const holder = document.getElementById("data");
  const data = holder ? JSON.parse(holder.textContent) : null;
  const words = JSON.parse(document.getElementById("words").textContent);

  /* Tables: a head is a button that sorts its column. */
  const worth = (text) => {
    const plain = text.replaceAll(words.thousands, "").replaceAll(words.point, ".").replace(/−/g, "-");
    const found = plain.match(/-?(?:\d+\.?\d*|\.\d+)/);
    return found ? Number(found[0]) : null;
  };
  const sortable = (table) => {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 3) return;
    $("thead th", table).forEach((head, place) => {
      const button = make("button", head.textContent, "sort");
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        $("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const figures = head.classList.contains("n");
        const told = (row) => row.cells[place].textContent.trim();
        const compare = (a, b) => {
          if (!figures) return told(a).localeCompare(told(b), document.documentElement.lang);
          const [x, y] = [worth(told(a)), worth(told(b))];
          if (x === null || y === null) return (x === null) - (y === null) || 0;
          return x - y;
        };
        const rows = [...body.rows].filter((row) => !row.classList.contains("total"));
        const known = rows.filter((row) => !figures || worth(told(row)) !== null).sort(compare);
        const rest = rows.filter((row) => !known.includes(row));
        const total = [...body.rows].filter((row) => row.classList.contains("total"));
        body.append(...(down ? known.reverse() : known), ...rest, ...total);
      });
    });
  };
  $("main table").forEach(sortable);

  /* Hovering: one line beside the pointer, the same place lit on every map. */
  const maps = $("figure svg.map");
  if (!maps.length) return;
  const tip = make("div", "", "tip");
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const partOf = (event) => (event.target instanceof Element ? event.target.closest(".a,.s") : null);
  const told = new Map();
  maps.forEach((map) => {
    $(".a,.s", map).forEach((part) => {
      const title = part.querySelector("title");
      if (!title) return;
      told.set(part, title.textContent);
      title.remove();
    });
  });
  const same = (part) =>
    part.dataset.f ? $(`.map [data-f="${part.dataset.f}"]`) : $(`.map use[href="${part.getAttribute("href")}"]`);
  let lit = [];
  const light = (parts) => {
    lit.forEach((part) => part.classList.remove("lit"));
    lit = parts;
    lit.forEach((part) => part.classList.add("lit"));
  };
  maps.forEach((map) => {
    map.addEventListener("pointermove", (event) => {
      const part = partOf(event);
      if (!part || event.pointerType === "touch") {
        tip.hidden = true;
        return light([]);
      }
      tip.textContent = told.get(part) || "";
      tip.hidden = false;
      const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
      const above = event.clientY + 22 + tip.offsetHeight > innerHeight;
      tip.style.left = `${Math.max(left, 8)}px`;
      tip.style.top = `${above ? event.clientY - tip.offsetHeight - 10 : event.clientY + 18}px`;
      return light(same(part));
    });
    map.addEventListener("pointerleave", () => {
      tip.hidden = true;
      light([]);
    });
  });
  tip.hidden = true;

  /* Pan and zoom: all large maps show the same part of the city. */
  const large = maps.filter((map) => !map.closest(".small"));
  const home = large.length ? large[0].getAttribute("viewBox").split(" ").map(Number) : [0, 0, 1, 1];
  let view = [...home];
  const marks = large.flatMap((map) => $(".s", map)).map((mark) => {
    const [x, y, size] = mark.getAttribute("transform").match(/-?[\d.]+/g);
    return [mark, x, y, Number(size)];
  });
  const show = () => {
    const wide = Math.min(home[2], Math.max(home[2] / 40, view[2]));
    const high = (wide / home[2]) * home[3];
    const x = Math.min(Math.max(view[0], home[0]), home[0] + home[2] - wide);
    const y = Math.min(Math.max(view[1], home[1]), home[1] + home[3] - high);
    view = [x, y, wide, high];
    const shrink = Math.sqrt(wide / home[2]);
    large.forEach((map) => {
      map.setAttribute("viewBox", view.map((part) => part.toFixed(2)).join(" "));
      map.classList.toggle("zoomed", wide < home[2]);
    });
    marks.forEach(([mark, x, y, size]) =>
      mark.setAttribute("transform", `translate(${x} ${y}) scale(${(size * shrink).toFixed(2)})`));
  };
  const zoom = (factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
    const wide = Math.min(home[2], Math.max(home[2] / 40, view[2] * factor));
    const real = wide / view[2];
    view = [x - (x - view[0]) * real, y - (y - view[1]) * real, wide, view[3] * real];
    show();
  };
  const pan = (x, y) => {
    view = [view[0] + x * view[2], view[1] + y * view[3], view[2], view[3]];
    show();
  };
  const spot = (map, event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    return [point.x, point.y];
  };
  const keys = {
    "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1 / 0.7), 0: () => zoom(1e9),
    ArrowLeft: () => pan(-0.15, 0), ArrowRight: () => pan(0.15, 0),
    ArrowUp: () => pan(0, -0.15), ArrowDown: () => pan(0, 0.15),
  };
  large.forEach((map) => {
    const bar = make("div", "", "zoom");
    [["+", words.closer, 0.7], ["−", words.farther, 1 / 0.7], ["⤢", words.whole, 1e9]].forEach(([sign, name, factor]) => {
      const button = make("button", sign);
      button.type = "button";
      button.title = name;
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => zoom(factor));
      bar.append(button);
    });
    const frame = make("div", "", "frame");
    map.before(frame);
    frame.append(map);
    frame.after(bar);
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", words.keys);
    frame.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
    map.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && view[2] >= home[2]) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 0.85 : 1 / 0.85, ...spot(map, event));
    }, { passive: false });
    map.addEventListener("dblclick", (event) => zoom(0.5, ...spot(map, event)));
    const held = new Map();
    let moved = 0;
    map.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, [event.clientX, event.clientY]);
      moved = 0;
    });
    map.addEventListener("pointermove", (event) => {
      const from = held.get(event.pointerId);
      if (!from) return;
      const [x, y] = [event.clientX - from[0], event.clientY - from[1]];
      const scale = view[2] / map.getBoundingClientRect().width;
      moved += Math.abs(x) + Math.abs(y);
      if (moved > 6 && !map.hasPointerCapture(event.pointerId)) map.setPointerCapture(event.pointerId);
      if (held.size === 2) {
        const other = [...held].find(([id]) => id !== event.pointerId)[1];
        const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
        zoom(apart(from) / apart([event.clientX, event.clientY]), ...spot(map, event));
      } else if (view[2] < home[2]) {
        view = [view[0] - x * scale, view[1] - y * scale, view[2], view[3]];
        show();
      }
      held.set(event.pointerId, [event.clientX, event.clientY]);
    });
    const release = (event) => held.delete(event.pointerId);
    map.addEventListener("pointerup", release);
    map.addEventListener("pointercancel", release);
    map.addEventListener("click", (event) => {
      const part = partOf(event);
      tip.hidden = true;
      if (part && moved <= 6) open(part);
    });
  });
  maps.filter((map) => !large.includes(map)).forEach((map) =>
    map.addEventListener("click", (event) => partOf(event) && open(partOf(event))));

  /* The legend of what is built shows and hides a service. */
  const built = data ? $("figure").find((one) => one.querySelector(".s[data-f]")) : null;
  (built ? $(".legend li", built) : []).forEach((item) => {
    const kind = (item.querySelector(".s:not(.key)")?.getAttribute("class").match(/\bs\d\b/) || [])[0];
    if (!kind) return;
    const button = make("button");
    button.type = "button";
    button.title = words.toggle;
    button.setAttribute("aria-pressed", "true");
    button.append(...item.childNodes);
    item.append(button);
    button.addEventListener("click", () => {
      const off = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!off));
      $(`.map .${kind}`, built).forEach((mark) => mark.classList.toggle("off", off));
    });
  });

  /* Cards: a place, or a facility; every word is text. */
  const card = document.getElementById("card");
  if (!card || !data) return;
  const search = document.getElementById("place");
  let chosen = [];
  let back = null;
  const close = () => {
    card.hidden = true;
    chosen.forEach((part) => part.classList.remove("chosen"));
    $(".ray").forEach((ray) => ray.remove());
    chosen = [];
    if (search) search.value = "";
    if (back) back.focus({ preventScroll: true });
    back = null;
  };
  const head = (kicker, title) => {
    const heading = make("h3", title);
    heading.tabIndex = -1;
    const shut = make("button", "×", "close");
    shut.type = "button";
    shut.setAttribute("aria-label", words.close);
    shut.addEventListener("click", close);
    card.replaceChildren(shut, make("p", kicker, "kicker"), heading);
    return heading;
  };
  const list = (rows) => {
    const facts = make("dl", "", "facts");
    rows.filter((row) => row[1] !== "").forEach(([name, value]) => {
      const pair = make("div");
      pair.append(make("dt", name), make("dd", value));
      facts.append(pair);
    });
    card.append(facts);
  };
  const links = (title, rows, none) => {
    card.append(make("h4", title));
    if (!rows.length) return card.append(make("p", none));
    const items = make("ul", "", "go");
    rows.slice(0, 40).forEach(([text, aside, go]) => {
      const button = make("button", text);
      button.type = "button";
      button.addEventListener("click", go);
      const item = make("li");
      item.append(button, make("span", ` ${aside}`));
      items.append(item);
    });
    if (rows.length > 40) items.append(make("li", words.more.replace("%(n)s", rows.length - 40)));
    return card.append(items);
  };
  const rays = (pairs) => {
    $(".ray").forEach((ray) => ray.remove());
    const map = $("figure svg.map").find((one) => one.querySelector(".s"));
    if (!map) return;
    pairs.forEach(([from, to]) => {
      if (!from || !to || from[0] === null || to[0] === null) return;
      const ray = document.createElementNS(SVG, "line");
      [["x1", from[0]], ["y1", from[1]], ["x2", to[0]], ["y2", to[1]]].forEach(([k, v]) => ray.setAttribute(k, v));
      ray.setAttribute("class", "ray");
      map.insertBefore(ray, map.querySelector(".s"));
    });
  };
  const choose = (parts) => {
    chosen.forEach((part) => part.classList.remove("chosen"));
    chosen = parts;
    chosen.forEach((part) => part.classList.add("chosen"));
  };
  const settle = (heading) => {
    if (card.hidden) back = document.activeElement === document.body ? null : document.activeElement;
    card.hidden = false;
    card.scrollTop = 0;
    heading.focus({ preventScroll: true });
  };
  const spotOf = (facility) => data.facilities[facility].at;
  const place = (nth) => {
    const it = data.places[nth];
    const heading = head(words.place, it.name);
    list([[words.people, it.people], ...it.groups.map((count, n) => [data.groups[n], count])]);
    list([[words.before, it.before], [words.after, it.after], [words.change, it.change]]);
    const table = make("table");
    const top = table.createTHead().insertRow();
    [words.service, words.need, words.servedBefore, words.servedAfter].forEach((text) => {
      const cell = make("th", text);
      cell.scope = "col";
      top.append(cell);
    });
    const body = table.createTBody();
    it.services.forEach(([service, ...cells]) => {
      const row = body.insertRow();
      const name = make("th", data.services[service]);
      name.scope = "row";
      row.append(name, ...cells.map((text) => make("td", text)));
    });
    card.append(table);
    const built = it.built.map((f) => [data.facilities[f].name, data.services[data.facilities[f].service], () => facility(f)]);
    links(words.gets, built, words.nothing);
    const mine = data.links.filter((link) => link[0] === nth);
    links(words.served, mine.map(([, f, amount, travel]) =>
      [data.facilities[f].name, `${data.services[data.facilities[f].service]} · ${amount} · ${travel}`, () => facility(f)]), words.nobody);
    if (data.nearest) {
      links(words.nearest, data.nearest.filter(([p]) => p === nth).map(([, service, f, travel]) =>
        [data.facilities[f].name, `${data.services[service]} · ${travel}`, () => facility(f)]), words.none);
    }
    if (search) search.value = String(nth);
    choose($(`.map use[href="#${it.key}"]`));
    rays(mine.map((link) => [it.at, spotOf(link[1])]));
    settle(heading);
  };
  const competing = (nth) => {
    if (!data.beside) return;
    const [others, only, instead, left] = data.beside[nth];
    links(words.rivals, others.map(([f, amount]) =>
      [data.facilities[f].name, words.shared.replace("%(amount)s", amount), () => facility(f)]), words.norival);
    if (only && others.length) card.append(make("p", words.only.replace("%(amount)s", only)));
    card.append(make("h4", words.elsewhere));
    const items = make("ul", "", "go");
    [[instead, words.instead], [left, words.left]].filter(([site]) => site).forEach(([[site, amount], text]) => {
      const item = make("li", data.sites[site]);
      item.append(make("span", ` ${text.replace("%(amount)s", amount)}`));
      items.append(item);
    });
    card.append(items.children.length ? items : make("p", words.noelse));
  };
  const facility = (nth) => {
    const it = data.facilities[nth];
    const heading = head(data.services[it.service], it.name);
    list([[words.what, it.what], ...it.facts.map((value, n) => [data.facts[n], value])]);
    if (it.place !== null) links(words.stands, [[data.places[it.place].name, "", () => place(it.place)]], "");
    const mine = data.links.filter((link) => link[1] === nth);
    links(words.why, mine.map(([p, , amount, travel]) => [data.places[p].name, `${amount} · ${travel}`, () => place(p)]), words.nobody);
    if (it.built) competing(nth);
    choose($(`.map [data-f="${nth}"]`));
    rays(mine.map((link) => [data.places[link[0]].at, it.at]));
    settle(heading);
  };
  const nthOf = new Map(data.places.map((it, n) => [`#${it.key}`, n]));
  function open(part) {
    if (!card || !data) return;
    if (part.dataset.f) facility(Number(part.dataset.f));
    else if (nthOf.has(part.getAttribute("href"))) place(nthOf.get(part.getAttribute("href")));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !card.hidden) close();
  });
  if (search) {
    data.places.map((it, n) => [it.name, n]).sort((a, b) => a[0].localeCompare(b[0], document.documentElement.lang)).forEach(([name, n]) => {
      const option = make("option", name);
      option.value = n;
      search.append(option);
    });
    search.closest("p").hidden = false;
    search.addEventListener("change", () => search.value !== "" && place(Number(search.value)));
  }
})();
