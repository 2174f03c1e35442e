// Names and values below each other; side by side where there is room.

import { Fragment, h, ui } from "../host.js";

/** @param {{facts: [string, any][]}} props words with their values; what has no value is left out */
export function FactList({ facts, ...props }) {
  return h(
    ui.Grid,
    { as: "dl", templateColumns: { base: "1fr", md: "minmax(9rem, 15rem) 1fr" }, columnGap: 4, fontSize: "sm", ...props },
    facts
      .filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false)
      .map(([word, value]) =>
        h(
          Fragment,
          { key: word },
          h(ui.Box, { as: "dt", color: "fg.muted", overflowWrap: "anywhere" }, word),
          h(ui.Box, { as: "dd", m: 0, mb: { base: 2, md: 1 }, minW: 0, overflowWrap: "anywhere" }, value),
        ),
      ),
  );
}
