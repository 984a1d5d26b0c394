// What pages do beyond HTML: copying, downloading, updating themselves. Each works without.
"use strict";

const EVERY = 5000; // milliseconds between two looks at what is live

const heard = document.createElement("p"); // read out to who cannot see the page
heard.className = "unseen";
heard.setAttribute("role", "status");
document.body.append(heard);

function button(text, act, described = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-plain";
  made.textContent = text;
  if (described) made.setAttribute("aria-label", `${text} ${described}`);
  made.addEventListener("click", () => act(made));
  return made;
}

// Copy and Download .txt

function select(field) {
  field.focus();
  field.select();
  return document.execCommand("copy"); // where a page without HTTPS has no clipboard
}

async function copy(field, pressed) {
  let done;
  try {
    await navigator.clipboard.writeText(field.value);
    done = true;
  } catch {
    done = select(field);
  }
  pressed.textContent = done ? "Copied" : "Press Ctrl+C";
  heard.textContent = done ? `Copied: ${field.dataset.copy}` : "Selected. Press Ctrl+C to copy.";
  setTimeout(() => {
    pressed.textContent = "Copy";
    heard.textContent = "";
  }, 3000);
}

function download(field) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([field.value + "\n"], { type: "text/plain" }));
  link.download = field.dataset.download;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

for (const field of document.querySelectorAll("[data-copy]")) {
  const row = document.createElement("span");
  row.className = "copy-buttons";
  row.append(button("Copy", (pressed) => copy(field, pressed), field.dataset.copy));
  if (field.dataset.download) row.append(button("Download .txt", () => download(field)));
  field.after(row);
}

for (const hint of document.querySelectorAll("[data-by-hand]")) hint.hidden = true;

// "I have stored it": enables Done, and leaving without it asks once

for (const form of document.querySelectorAll("[data-stored]")) {
  const tick = form.querySelector("input[type=checkbox]");
  const done = form.querySelector("button");
  const ask = (event) => {
    setTimeout(() => removeEventListener("beforeunload", ask)); // at once, nobody would be asked
    event.preventDefault();
  };
  const follow = () => {
    done.disabled = !tick.checked;
    if (tick.checked) removeEventListener("beforeunload", ask);
  };
  addEventListener("beforeunload", ask);
  tick.addEventListener("change", follow);
  follow();
}

// What is live: fetched anew with its page, and exchanged where it says something else

const live = document.querySelectorAll("[data-live]");
const AWAY = "No answer, trying again";
const shows = []; // each writes one line about it
let isPaused = false;
let wrong = "";

function exchange(old, page) {
  const found = page.getElementById(old.id);
  if (!found || found.innerHTML === old.dataset.shown || old.contains(document.activeElement)) return;
  const before = old.querySelector(".table-frame")?.scrollLeft ?? 0;
  if (found.dataset.said && found.dataset.said !== old.dataset.said) heard.textContent = found.dataset.said;
  old.dataset.shown = found.innerHTML;
  old.dataset.said = found.dataset.said ?? "";
  old.replaceChildren(...found.childNodes);
  const frame = old.querySelector(".table-frame");
  if (frame) frame.scrollLeft = before;
}

async function fetched() { // returns what is wrong, if something is
  try {
    // the header keeps a page that nobody looks at from keeping its session alive
    const answer = await fetch(location.href, { headers: { "X-Provisor-Live": "1" } });
    if (answer.redirected) return "Stopped: sign in again";
    if (answer.status >= 500) return AWAY;
    if (!answer.ok) return "Stopped: load the page again";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    live.forEach((each) => exchange(each, page));
    return "";
  } catch {
    return AWAY; // the next look may find the server again
  }
}

async function look() {
  if (!isPaused && !document.hidden) {
    const before = wrong;
    wrong = await fetched();
    if (wrong !== before) heard.textContent = wrong;
    shows.forEach((show) => show());
  }
  if (!wrong || wrong === AWAY) setTimeout(look, EVERY);
}

for (const each of live) {
  each.dataset.shown = each.innerHTML;
  const line = document.createElement("p");
  line.className = "live-line";
  const words = document.createElement("span");
  const pause = button("", () => {
    isPaused = !isPaused;
    show();
  });
  const show = () => {
    words.textContent = isPaused ? "Paused" : wrong || "Updates itself every 5 seconds";
    words.classList.toggle("is-live", !isPaused && !wrong);
    pause.textContent = isPaused ? "Resume" : "Pause";
    if (wrong.startsWith("Stopped")) pause.remove();
  };
  shows.push(show);
  show();
  line.append(words, pause);
  if (each.dataset.live === "below") each.after(line);
  else each.before(line);
}
if (live.length) setTimeout(look, EVERY);
