// Whether there is room for a table, or only for cards.

import { ui } from "../host.js";

export const useIsNarrow = () => ui.useBreakpointValue({ base: true, lg: false }, { ssr: false });
