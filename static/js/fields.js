// The fields one asks by: what each says, and what the server last told of it, which is what its HTML says.
// Each box to tick is a field of its own.
const isBox = (field) => field.type === "checkbox";

export const fieldsOf = (form) => [...form.elements].filter((field) => field.matches("select, input:not([type=hidden])"));
export const keyOf = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
export const said = (field) => (isBox(field) ? field.checked : field.value);

export function told(field) {
  if (isBox(field)) return field.defaultChecked;
  return field.options ? [...field.options].find((option) => option.defaultSelected)?.value : field.defaultValue;
}

export function tell(field, what) {
  if (isBox(field)) field.defaultChecked = what;
  else field.defaultValue = what;
}

export function fill(field, what) {
  if (isBox(field)) field.checked = what;
  else field.value = what;
}

// What a query string says of it.
export function readFrom(query, field) {
  return isBox(field) ? query.getAll(field.name).includes(field.value) : (query.get(field.name) ?? "");
}

export function writeTo(query, field) {
  const others = isBox(field) ? query.getAll(field.name).filter((value) => value !== field.value) : [];
  const values = said(field) ? [...others, field.value] : others;
  query.delete(field.name);
  for (const value of values) query.append(field.name, value);
}
