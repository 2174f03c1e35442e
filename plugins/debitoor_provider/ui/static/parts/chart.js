// Documents moved on each of the last thirty days, as small bars.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";

const WIDTH = 4;
const HEIGHT = 24;

/** @param {{days: number[]}} props oldest first */
export function Chart({ days, ...props }) {
  const { t } = useWords();
  const most = Math.max(...days, 1);
  const sum = days.reduce((total, number) => total + number, 0);
  const summary = sum
    ? t("accounts.chart", { count: sum, days: days.length, most: Math.max(...days) })
    : t("accounts.chartEmpty", { days: days.length });
  return h(
    ui.Box,
    { color: "green.solid", ...props },
    h(
      "svg",
      {
        role: "img",
        "aria-label": summary,
        width: days.length * WIDTH,
        height: HEIGHT,
        viewBox: `0 0 ${days.length * WIDTH} ${HEIGHT}`,
      },
      h("title", null, summary),
      days.map((number, index) => bar(number, index, most)),
    ),
  );
}

function bar(number, index, most) {
  const height = number ? Math.max(2, (number / most) * HEIGHT) : 1;
  return h("rect", {
    key: index,
    x: index * WIDTH,
    y: HEIGHT - height,
    width: WIDTH - 1,
    height,
    fill: "currentColor",
    opacity: number ? 1 : 0.35,
  });
}
