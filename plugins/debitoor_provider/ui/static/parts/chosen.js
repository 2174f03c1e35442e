// Which documents of a list are chosen: never one that has left the list since.

import { useEffect, useState } from "../host.js";

/**
 * @param {Object[]} documents those of the list that are in sight, as it was last read
 * @returns {{chosen: Set<number>, picked: Object[], choose: (ids: Set<number>) => void}}
 */
export function useChosen(documents) {
  const [ticked, setTicked] = useState(() => new Set());
  const picked = documents.filter((one) => ticked.has(one.id));
  const chosen = new Set(picked.map((one) => one.id));
  useEffect(() => {
    if (chosen.size < ticked.size) setTicked(chosen); // else one that comes back would be chosen
  }, [documents]);
  return { chosen, picked, choose: setTicked };
}
