/** For engines: A content of `servers_contents c`, as the port tells it. */
export const contentColumns = `c.sha256, c.size_bytes as "sizeBytes", c.name, c.type, c.family, c.base_model as "baseModel",
  c.precision, c.civitai_version_id as "civitaiVersionId"`;
