/** @import { Control, Drawing, Json } from "./types.js" */
import { button, el, put } from "./dom.js";
import { hasPills } from "./fields.js";
import { input, textOrNone } from "./inputs.js";
import { same } from "./values.js";

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function choiceControl(drawing) {
  const { choices, custom } = drawing.parameter;
  if (custom && choices.every((one) => typeof one.value === "string")) return suggestingControl(drawing);
  return hasPills(drawing.parameter) ? pillsControl(drawing) : listControl(drawing);
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
function pillsControl(drawing) {
  const { choices, label, name } = drawing.parameter;
  const pills = choices.map((_, index) =>
    el("input", {
      type: "radio",
      name: drawing.id,
      id: index === 0 ? drawing.id : `${drawing.id}-${index}`,
      "data-main": index === 0,
      value: index,
      change: () => drawing.changed(),
    }),
  );
  const box = el(
    "div",
    {
      class: "pills",
      role: "radiogroup",
      "aria-label": label || name,
      "aria-describedby": drawing.described,
    },
    ...pills.map((pill, index) =>
      el("label", { class: "pill" }, pill, el("span", {}, choices[index]?.label || "(empty)")),
    ),
  );
  return {
    element: box,
    read: () =>
      chosen(
        drawing,
        pills.findIndex((pill) => pill.checked),
      ),
    set: (value) => {
      for (const [index, pill] of pills.entries()) pill.checked = same(choices[index]?.value ?? null, value);
    },
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
function listControl(drawing) {
  const { choices, required } = drawing.parameter;
  const options = choices.map((one, index) => el("option", { value: index }, one.label || "(empty)"));
  const none = el("option", { value: -1 }, required ? "Choose…" : "—");
  const list = el(
    "select",
    {
      id: drawing.id,
      class: "input",
      "data-main": true,
      "aria-describedby": drawing.described,
      change: () => drawing.changed(),
    },
    none,
    ...options,
  );
  return {
    element: list,
    read: () => chosen(drawing, Number(list.value)),
    set: (value) => {
      list.value = String(choices.findIndex((one) => same(one.value, value)));
    },
  };
}

/**
 * @param {Drawing} drawing
 * @param {number} index
 * @returns {string | null}
 */
function chosen(drawing, index) {
  const choice = drawing.parameter.choices[index];
  return choice ? JSON.stringify(choice.value) : null;
}

/**
 * A text that may be one of the choices.
 *
 * @param {Drawing} drawing
 * @returns {Control}
 */
function suggestingControl(drawing) {
  const field = input(drawing, "text");
  const list = el("datalist", { id: `${drawing.id}-list` });
  for (const one of drawing.parameter.choices)
    put(list, el("option", { value: String(one.value) }, one.label));
  field.setAttribute("list", list.id);
  return {
    element: el("div", {}, field, list),
    read: () => textOrNone(drawing, field.value),
    set: (value) => {
      field.value = value === null ? "" : String(value);
    },
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function choicesControl(drawing) {
  const { choices, custom, label, name } = drawing.parameter;
  /** @type {{ value: Json, box: HTMLInputElement }[]} */
  const offered = [];
  const list = el("div", {
    class: "checks",
    role: "group",
    "aria-label": label || name,
    "aria-describedby": drawing.described,
  });
  for (const one of choices) add(one.label, one.value);
  const element = el("div", { class: "stack" }, list);
  if (custom) put(element, adder());
  return {
    element,
    read: () => JSON.stringify(offered.filter((one) => one.box.checked).map((one) => one.value)),
    set: (value) => {
      const wanted = Array.isArray(value) ? value : [];
      for (const one of wanted)
        if (custom && !offered.some((known) => same(known.value, one))) add(String(one), one);
      for (const one of offered) one.box.checked = wanted.some((item) => same(item, one.value));
    },
  };

  /**
   * @param {string} text
   * @param {Json} value
   */
  function add(text, value) {
    const first = offered.length === 0;
    const box = el("input", {
      type: "checkbox",
      id: first ? drawing.id : null,
      "data-main": first,
      change: () => drawing.changed(),
    });
    offered.push({ value, box });
    put(list, el("label", { class: "check" }, box, el("span", {}, text || "(empty)")));
    return box;
  }

  function adder() {
    const field = el("input", {
      class: "input",
      "aria-label": `Another value of ${label || name}`,
      placeholder: "Another value",
    });
    const act = () => {
      if (field.value === "") return;
      add(field.value, field.value).checked = true;
      field.value = "";
      drawing.changed();
    };
    return el("div", { class: "row" }, field, button("Add", act, { icon: "plus", class: "plain small" }));
  }
}
