// What this browser keeps for its user: how lists look, not what is in them.

import { useState } from "../host.js";

const PREFIX = "debitoor.";

/** Like `useState`, but kept by the browser; without storage, or with a damaged one, for this visit only. */
export function useKept(name, initial, isValid) {
  const [value, setValue] = useState(() => read(name, initial, isValid));
  const keep = (next) => {
    setValue(next);
    try {
      localStorage.setItem(PREFIX + name, JSON.stringify(next));
    } catch {
      // Storage is full or forbidden.
    }
  };
  return [value, keep];
}

function read(name, initial, isValid) {
  try {
    const found = JSON.parse(localStorage.getItem(PREFIX + name));
    return found !== null && isValid(found) ? found : initial;
  } catch {
    return initial;
  }
}
