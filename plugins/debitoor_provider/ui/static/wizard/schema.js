// What the JSON Schema of account files says about a field: its default, its choices, its bounds.

function resolved(schema, node) {
  const { $ref, ...rest } = node ?? {};
  return $ref ? { ...schema.$defs[$ref.split("/").at(-1)], ...rest } : rest;
}

/**
 * @param {Object} schema of an account file
 * @param {string} type of an account, as in the table of directions
 * @param {string} path as in filter.tags.any
 */
export function fieldOf(schema, type, path) {
  const choices = schema.oneOf.map((choice) => resolved(schema, choice));
  let node = choices.find(({ properties }) => properties.type.const === type);
  for (const name of path.split(".")) {
    const options = node?.anyOf ? node.anyOf.map((option) => resolved(schema, option)) : [node];
    const section = options.find((option) => option?.properties);
    node = resolved(schema, section?.properties?.[name]);
  }
  return node;
}

/** The values that a field, or each item of a list, may have. */
export function choicesOf(schema, type, path) {
  const field = fieldOf(schema, type, path);
  const options = [field.items, field, ...(field.anyOf ?? [])].map((node) => resolved(schema, node));
  return options.find((option) => option.enum)?.enum ?? [];
}
