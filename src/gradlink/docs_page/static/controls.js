/** @import { Control, Drawing } from "./types.js" */
import { choiceControl, choicesControl } from "./choosing.js";
import { fileControl, filesControl, galleryControl, messageControl, pictureControl } from "./filecontrols.js";
import {
  checkboxControl,
  colorControl,
  dateControl,
  jsonControl,
  passwordControl,
  textControl,
} from "./inputs.js";
import { numberControl, rangeControl } from "./numbers.js";
import { tableControl } from "./table.js";

/** @type {Record<string, (drawing: Drawing) => Control>} */
const DRAWN = {
  text: textControl,
  password: passwordControl,
  number: numberControl,
  range: rangeControl,
  checkbox: checkboxControl,
  choice: choiceControl,
  choices: choicesControl,
  file: fileControl,
  files: filesControl,
  gallery: galleryControl,
  picture: pictureControl,
  message: messageControl,
  dataframe: tableControl,
  color: colorControl,
  date: dateControl,
  json: jsonControl,
};

/**
 * Draw what gives a parameter its value. It has the app's default at first.
 *
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function drawControl(drawing) {
  const { parameter } = drawing;
  const control = (DRAWN[parameter.control] ?? jsonControl)(drawing);
  if (!parameter.required && !parameter.default_long) control.set(parameter.default);
  return control;
}
