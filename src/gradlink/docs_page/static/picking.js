/** @import { Drawing, Json } from "./types.js" */
import { announce, button, el, encoded, fill, ICONS, icon } from "./dom.js";
import { bytes, isObject } from "./values.js";

/**
 * A file that stands for a value: picked here, at an address, or one that the app has.
 *
 * @typedef {{ name: string, note: string, value: Json, progress: number | null, problem: string, kind: string, picture: string }} Item
 */

/** Has its user pick files, drop them, or give their addresses. */
export class FilePicker {
  /**
   * @param {Drawing} drawing
   * @param {boolean} several
   */
  constructor(drawing, several) {
    this.drawing = drawing;
    this.several = several;
    /** @type {Item[]} */
    this.items = [];
    this.list = el("ul", { class: "files", hidden: true });
    const { id, described, parameter } = drawing;
    this.input = el("input", {
      type: "file",
      id,
      class: "file-input",
      "data-main": true,
      "aria-describedby": described,
      multiple: several,
      accept: accepted(parameter.file_types, parameter.component),
      change: () => this.take(this.input.files),
    });
    this.address = el("input", {
      type: "url",
      class: "input",
      placeholder: "or paste an address: https://…",
      "aria-label": `Address of ${parameter.label || parameter.name}`,
      change: () => this.takeAddress(),
      keydown: (event) => {
        if (event instanceof KeyboardEvent && event.key === "Enter" && !event.ctrlKey && !event.metaKey)
          this.takeAddress();
      },
    });
    const zone = el(
      "div",
      {
        class: "drop",
        dragover: this.over.bind(this),
        dragleave: () => zone.classList.remove("over"),
        drop: this.dropped.bind(this),
      },
      this.input,
      this.address,
    );
    this.zone = zone;
    this.element = el("div", { class: "picker" }, zone, this.list);
  }

  /** @param {Event} event */
  over(event) {
    event.preventDefault();
    this.zone.classList.add("over");
  }

  /** @param {Event} event */
  dropped(event) {
    event.preventDefault();
    this.zone.classList.remove("over");
    if (event instanceof DragEvent) this.take(event.dataTransfer?.files ?? null);
  }

  /** @param {FileList | null} files */
  take(files) {
    const picked = [...(files ?? [])];
    for (const file of this.several ? picked : picked.slice(0, 1)) this.send(file);
    this.input.value = "";
  }

  takeAddress() {
    const url = this.address.value.trim();
    if (!url) return;
    this.address.value = "";
    this.add({
      name: url,
      note: "",
      value: { gradlink_url: url },
      progress: null,
      problem: "",
      kind: "",
      picture: "",
    });
  }

  /** @param {File} file */
  send(file) {
    const picture = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
    /** @type {Item} */
    const item = {
      name: file.name,
      note: bytes(file.size),
      value: null,
      progress: 0,
      problem: "",
      kind: file.type,
      picture,
    };
    this.add(item);
    const request = new XMLHttpRequest();
    request.open("POST", `files?name=${encoded(file.name)}`);
    request.upload.addEventListener("progress", (event) => {
      item.progress = event.total ? event.loaded / event.total : 0;
      this.draw();
    });
    request.addEventListener("loadend", () => {
      item.progress = null;
      const answer = parsed(request.responseText);
      if (request.status === 200 && isObject(answer)) item.value = { gradlink_picked: answer["key"] ?? null };
      else item.problem = isObject(answer) ? String(answer["text"]) : "it could not be taken";
      this.changed();
    });
    request.send(file);
  }

  /** @param {Item} item */
  add(item) {
    if (!this.several) this.items = [];
    this.items.push(item);
    this.changed();
  }

  changed() {
    this.draw();
    this.drawing.changed();
  }

  draw() {
    this.list.hidden = this.items.length === 0;
    fill(this.list, ...this.items.map((item) => this.row(item)));
  }

  /** @param {Item} item */
  row(item) {
    const mark = item.picture
      ? el("img", { src: item.picture, alt: "", class: "thumb" })
      : el("span", { class: "thumb" }, icon(ICONS["file"] ?? ""));
    const note =
      item.problem || (item.progress === null ? item.note : `${Math.round(item.progress * 100)} % sent`);
    const remove = button(`Remove ${item.name}`, () => this.remove(item), {
      icon: "close",
      bare: true,
      class: "plain round small",
    });
    return el(
      "li",
      { class: item.problem ? "wrong" : "" },
      mark,
      el("span", { class: "file-name" }, item.name),
      el("span", { class: "muted" }, note),
      remove,
    );
  }

  /** @param {Item} item */
  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    if (item.picture) URL.revokeObjectURL(item.picture);
    announce(`${item.name} removed`);
    this.changed();
    this.input.focus();
  }

  /**
   * Return what stands for the files. Throws an Error while one is on its way.
   *
   * @returns {Item[]}
   */
  read() {
    for (const item of this.items) {
      // Not the name first: what is shown begins with a capital letter.
      if (item.problem) throw new Error(`${item.problem}: ${item.name}`);
      if (item.progress !== null) throw new Error(`still on its way: ${item.name}`);
    }
    return this.items;
  }

  /**
   * Take files that the app has; a text is none, since it may name anything.
   *
   * @param {Json[]} values
   */
  set(values) {
    this.items = [];
    for (const value of values) {
      if (!isObject(value)) continue;
      const name =
        value["orig_name"] ??
        String(value["path"] ?? value["url"] ?? "file")
          .split(/[\\/]/)
          .pop();
      const size = value["size"];
      this.items.push({
        name: String(name),
        note: typeof size === "number" ? `${bytes(size)}, from the app` : "from the app",
        value,
        progress: null,
        problem: "",
        kind: String(value["mime_type"] ?? ""),
        picture: "",
      });
    }
    this.draw();
  }
}

/**
 * @param {string[]} types
 * @param {string} component
 * @returns {string | null}
 */
function accepted(types, component) {
  const kinds = ["image", "audio", "video", "text"];
  if (types.length > 0) return types.map((one) => (kinds.includes(one) ? `${one}/*` : one)).join(",");
  const kind = component.toLowerCase();
  if (kind === "gallery") return "image/*,video/*";
  if (kind === "imageeditor") return "image/*";
  return kinds.includes(kind) ? `${kind}/*` : null;
}

/**
 * @param {string} text
 * @returns {Json}
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
