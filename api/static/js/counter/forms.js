// The two forms of the counter as entries of the queue: the same values as the server reads from the forms.

export const COUNTER = "/api/v1/sessions/entries";

const ADDRESS = /^\/sessions\/(\d+)\/visits\/(\d+)\/(served|absent)$/;
const COLD = "_cold"; // api/counter_words.py: choosing such an exit says that the cold chain held

/** `{visit, code, key}` of the form that scans something at the shop's till, null where it is another. */
export function itemOf(form) {
  const [, visit] = /^\/sessions\/\d+\/visits\/(\d+)\/items$/.exec(new URL(form.action, location).pathname) ?? [];
  const values = new FormData(form);
  return visit ? { visit: Number(visit), code: String(values.get("code")), key: String(values.get("key")) } : null;
}

/** `{key, work, shown}` of a form, null where it is none of these. */
export function entryOf(form, submitter) {
  const path = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action"), location).pathname;
  const [, session, visit, what] = ADDRESS.exec(path) ?? [];
  if (!what) return null;
  const values = new FormData(form);
  const done = what === "absent" ? { absent: true } : { served: servedOf(values) };
  return {
    key: String(values.get("key")),
    work: { session_id: Number(session), visit_id: Number(visit), ...done },
    shown: { name: form.dataset.basket, said: "" },
  };
}

export function servedOf(values) {
  const left = [...values.keys()]
    .filter((name) => /^left-\d+$/.test(name) && values.get(name))
    .map((name) => Number(name.slice("left-".length)))
    .sort((one, other) => one - other)
    .map((id) => leftOf(values, id));
  return { left, needs: values.getAll("need"), lots: values.getAll("lot").sort(), day: values.get("day") };
}

/** What of a line, or of a thing that was chosen, is left behind. */
export function leftOf(values, id) {
  const exit = values.get(`exit-${id}`) ?? "";
  return {
    line_id: id,
    quantity: Number(values.get(`units-${id}`)),
    reason: values.get(`left-${id}`),
    exit: exit.replace(COLD, ""),
    stayed_cold: exit.endsWith(COLD),
  };
}
