// The first and the last instant of a calendar day in a time zone, as Airflow's API wants them.

export const firstInstant = (day, timeZone) => instant(`${day}T00:00:00`, timeZone);
export const lastInstant = (day, timeZone) => instant(`${day}T23:59:59`, timeZone);

/** Guess with the zone's offset there, and look again: the offset may change between the guess and the answer. */
function instant(local, timeZone) {
  const wanted = Date.parse(`${local}Z`);
  const guess = wanted - offset(wanted, timeZone);
  return new Date(wanted - offset(guess, timeZone)).toISOString();
}

function offset(time, timeZone) {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: timeZone || "UTC",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(time);
  const { year, month, day, hour, minute, second } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}
