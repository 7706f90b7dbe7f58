// Sends one act at a time and shows what the server has on disk; it never shows an answer as saved
// that the server did not confirm.
"use strict";

(() => {
  const body = document.body;
  const form = document.getElementById("questions");
  const note = document.getElementById("note");
  const status = document.getElementById("status");
  const help = document.getElementById("help");
  const fieldsets = [...form.querySelectorAll("fieldset")];
  let state = JSON.parse(body.dataset.state);
  let current = 0;
  let again = null; // a first answer that was taken back and has to be given once more
  let queue = Promise.resolve();
  const pending = new Map(); // answers on their way to the server

  const standing = () => ({ ...state.answers, ...Object.fromEntries(pending) });

  const nonce = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  const say = (text, isAlarm = false) => {
    status.textContent = text;
    status.classList.toggle("alarm", isAlarm);
  };

  const show = () => {
    const answers = standing();
    fieldsets.forEach((fieldset, index) => {
      const field = fieldset.dataset.field;
      fieldset.classList.toggle("current", index === current);
      fieldset.classList.toggle("again", field === again);
      for (const input of fieldset.querySelectorAll("input")) {
        input.checked = field !== again && answers[field] === input.value;
      }
    });
    document.getElementById("undo").disabled = !state.undo || again !== null;
    document.getElementById("next").disabled = state.missing.length > 0 || again !== null;
  };

  const goTo = (index, scrolls = true) => {
    current = Math.max(0, Math.min(fieldsets.length - 1, index));
    show();
    const chosen = fieldsets[current].querySelector("input:checked") || fieldsets[current].querySelector("input");
    chosen.focus({ preventScroll: true });
    if (scrolls) fieldsets[current].scrollIntoView({ block: "nearest" });
  };

  const goToOpen = (scrolls = true) => {
    const answers = standing();
    const index = fieldsets.findIndex((f) => !(f.dataset.field in answers));
    if (index >= 0) goTo(index, scrolls);
    else if (pending.size === 0 && state.missing.includes("note")) note.focus({ preventScroll: !scrolls });
    else show();
  };

  const post = async (act) => {
    const response = await fetch(`/${body.dataset.queue}/act`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Review-Token": body.dataset.token },
      body: JSON.stringify(act),
    });
    return { status: response.status, values: await response.json() };
  };

  const send = (kind, field = "", value = null) => {
    const act = { kind, nonce: nonce(), item: body.dataset.item, pass_number: Number(body.dataset.pass), field, value };
    say("saving…");
    queue = queue.then(async () => {
      try {
        const { status: code, values } = await post(act);
        if ("answers" in values) state = values;
        if (code === 200) say("saved");
        else say(`Not saved: ${values.error}`, true);
        if ("item" in values && values.item !== body.dataset.item) location.reload();
      } catch {
        say("Not saved: the server does not answer. Start it again with the same command and open the address that it prints.", true);
      }
      if (pending.get(field) === value) pending.delete(field);
      show();
    });
    return queue;
  };

  const answer = (index, input) => {
    const field = fieldsets[index].dataset.field;
    if (again === field) again = null;
    current = index;
    if (standing()[field] !== input.value) {
      pending.set(field, input.value);
      send("answer", field, input.value);
    }
    goToOpen();
  };

  const undo = () => {
    if (!state.undo || again !== null) return say("nothing to undo");
    const { field, value } = state.undo;
    goTo(fieldsets.findIndex((f) => f.dataset.field === field));
    if (value !== null) return send("undo", field, value);
    again = field;
    show();
    return say("Answer this one again; until then the first answer stands.");
  };

  const saveNote = () => {
    const text = note.value.trim();
    if (text !== (state.note || "")) return send("answer", "note", text || null);
    return queue;
  };

  const next = async () => {
    await saveNote();
    await queue;
    if (again !== null) return say("Answer the marked question again first.", true);
    if (state.missing.length > 0) {
      goToOpen();
      return say(`Not answered yet: ${state.missing.join(", ").replaceAll("_", " ")}`, true);
    }
    return send("leave");
  };

  const openViews = () => {
    const views = document.getElementById("views");
    if (views) views.open = !views.open;
  };

  const actions = {
    ArrowDown: () => goTo(current + 1),
    ArrowUp: () => goTo(current - 1),
    ArrowRight: next,
    ArrowLeft: () => say("What you have left stands; u takes back the last answer of this item."),
    Enter: next,
    u: undo,
    n: () => note.focus(),
    v: openViews,
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target === note) {
      if (event.key === "Escape") {
        event.preventDefault();
        saveNote();
        goTo(current);
      }
      return;
    }
    if (event.key === "Enter" && event.target.closest("button, summary, a")) return;
    const input = [...fieldsets[current].querySelectorAll("input")].find((i) => i.dataset.key === event.key);
    if (input) {
      event.preventDefault();
      answer(current, input);
    } else if (event.key in actions) {
      event.preventDefault();
      actions[event.key]();
    }
  });

  form.addEventListener("change", (event) => {
    const index = fieldsets.findIndex((f) => f.contains(event.target));
    if (index >= 0) answer(index, event.target);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusin", (event) => {
    const index = fieldsets.findIndex((f) => f.contains(event.target));
    if (index >= 0 && index !== current) {
      current = index;
      show();
    }
  });
  note.addEventListener("blur", saveNote);
  document.getElementById("undo").addEventListener("click", undo);
  document.getElementById("next").addEventListener("click", next);
  document.getElementById("help-open").addEventListener("click", () => help.showModal());
  document.getElementById("help-close").addEventListener("click", () => help.close());
  document.getElementById("views")?.addEventListener("toggle", (event) => {
    if (event.target.open) send("answer", "opened", "yes");
  });

  note.value = state.note || "";
  show();
  goToOpen(false);
  form.dataset.ready = "yes";
})();
