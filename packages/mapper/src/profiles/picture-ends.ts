/** @internal `.preview.<ext>` and `.<ext>` for each extension: by these names most apps find a picture beside a model. */
export function pictureEnds(extensions: readonly string[]): readonly string[] {
  return [...extensions.map((extension) => `.preview.${extension}`), ...extensions.map((extension) => `.${extension}`)];
}
