// Says where a value breaks a JSON Schema, as far as the server's own descriptions use it
// (src/server/api/schemas/own.json): type, properties, required, items, anyOf, enum, const, $ref.

const type_of = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value);

export function schema_problems(schema, value, schemas, path = "$") {
  if (schema.$ref) return schema_problems(schemas[schema.$ref.split("/").pop()], value, schemas, path);
  const problems = [];
  if (schema.anyOf) {
    const all = schema.anyOf.map((part) => schema_problems(part, value, schemas, path));
    return all.some((found) => found.length === 0) ? [] : all.flat();
  }
  const kind = type_of(value);
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.includes(kind) && !(kind === "integer" && types.includes("number"))) return [`${path}: ${kind} instead of ${types}`];
  if (schema.enum && !schema.enum.includes(value)) problems.push(`${path}: ${JSON.stringify(value)} is none of ${JSON.stringify(schema.enum)}`);
  if ("const" in schema && value !== schema.const) problems.push(`${path}: ${JSON.stringify(value)} instead of ${JSON.stringify(schema.const)}`);
  if (kind === "array") {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) problems.push(`${path}: ${value.length} items`);
    if (schema.items) value.forEach((item, index) => problems.push(...schema_problems(schema.items, item, schemas, `${path}[${index}]`)));
  }
  if (kind === "object") {
    for (const name of schema.required ?? []) if (!(name in value)) problems.push(`${path}.${name}: missing`);
    for (const [name, part] of Object.entries(schema.properties ?? {})) {
      if (name in value) problems.push(...schema_problems(part, value[name], schemas, `${path}.${name}`));
    }
  }
  return problems;
}
