import { extensionOf } from '@modelkeep/core';

/** Extensions of pictures that apps show for a model, the preferred one first. */
const pictures = ['jpeg', 'jpg', 'png', 'webp', 'gif'];
/** `<stem>.preview.jpeg` is the library's own; A1111, Forge, Civitai Helper and Stability Matrix write `<stem>.preview.<ext>`. */
const middles = ['preview', '', 'thumb'];

/**
 * Which file beside a model shows it, by the conventions of A1111, Forge, Civitai Helper, Stability Matrix, SwarmUI and
 * ComfyUI: `<stem>.preview.<ext>`, `<stem>.<ext>`, `<stem>.thumb.<ext>`, in this order.
 *
 * @param weights - name of the model's first file
 * @param names - of the files beside it
 * @returns those that are pictures of the model, the first of which is its preview
 */
export function previewNames(weights: string, names: readonly string[]): string[] {
  const stem = stemOf(weights).toLowerCase();
  const ranked = names.flatMap((name) => {
    const place = pictures.indexOf(extensionOf(name));
    const rest = stemOf(name).toLowerCase();
    const middle = rest === stem ? '' : rest.startsWith(`${stem}.`) ? rest.slice(stem.length + 1) : null;
    if (place === -1 || middle === null) return [];
    const rank = middles.indexOf(middle);
    return [{ name, rank: (rank === -1 ? middles.length : rank) * pictures.length + place }];
  });
  return ranked.toSorted((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > name.lastIndexOf('/') + 1 ? name.slice(0, dot) : name;
}
