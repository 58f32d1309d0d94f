import { foldName } from '../app/safe-names.ts';
import type { AppFacts } from '../app/app-facts.ts';
import { mappingChoice } from '../plan/mapping-choice.ts';
import { acceptedBy, missingForApp } from '../plan/accepted-by.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import type { NotPlaced, PlacedFile } from '../plan/placement.ts';
import type { WantedLink } from '../plan/wanted-link.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { inTurns } from '../support/in-turns.ts';
import type { StoreFile, StoreLayout, StorePlace } from './store-layout.ts';

/** @internal */
export interface WantedInStoreOptions {
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  readonly layout: StoreLayout;
  /** The store's folder below the app's: empty, or with `/` at its end. */
  readonly base: string;
  readonly models: readonly MappableModel[];
  readonly registered: readonly RegisteredLink[];
  readonly signal: AbortSignal | undefined;
}

/** @internal What goes into a store, and the models that do not. */
export interface WantedInStore {
  readonly wanted: readonly WantedLink[];
  readonly notPlaced: readonly NotPlaced[];
  /** Models whose place rests on a version that is not known. */
  readonly guessed: number;
}

const SUFFIX_LENGTHS = [0, 8, 16];

/** @internal Decides for each model where it goes in the store. Equal bytes are one file, however many models have them. */
export async function wantedInStore(options: WantedInStoreOptions): Promise<WantedInStore> {
  const { layout, profile, facts, models, registered, signal } = options;
  const wanted: WantedLink[] = [];
  const notPlaced: NotPlaced[] = [];
  let guessed = 0;
  const taken = new Map<string, string>();
  const places = new Map<string, number>();
  const owners = new Map(registered.map((link) => [ownKey(link, options.base), link.modelId]));
  const byId = new Map(models.map((model) => [model.record.id, model]));
  const linked = Map.groupBy(registered, ({ modelId }) => modelId);
  const placeModel = (model: MappableModel): void => {
    const choice = mappingChoice(model.record, { profile, version: facts.version });
    if (choice.reason !== null) {
      notPlaced.push({ model, reason: choice.reason });
      return;
    }
    if (choice.guessed) guessed += 1;
    const acceptance = acceptedBy(profile, model.record);
    const missing =
      acceptance.rule === null ? acceptance.reason : missingForApp(acceptance.accepts, model.record, facts);
    if (missing !== null) {
      notPlaced.push({ model, reason: missing });
      return;
    }
    const place = freePlace(options, { model, byId, taken, linked: linked.get(model.record.id) ?? [] });
    if (place.files === null) {
      notPlaced.push({ model, reason: place.reason });
      return;
    }
    for (const file of place.files) {
      const key = keyOf(file);
      const place = places.get(key);
      if (place === undefined) {
        taken.set(key, file.fileSha256 ?? file.source);
        places.set(key, wanted.length);
        wanted.push(wantedLink(options, { model, file }));
      } else if (owners.get(key) === model.record.id && wanted[place]?.model !== model) {
        /* What several models need leads to the file of the one that it leads to already. */
        if (taken.get(key) === (file.fileSha256 ?? file.source)) wanted[place] = wantedLink(options, { model, file });
      }
    }
  };
  for await (const some of inTurns(inOrder(models, { layout, linked }), { signal })) some.forEach(placeModel);
  return { wanted, notPlaced, guessed };
}

/** @internal What goes with a model, where the library has it. */
export function companionsOf(
  { record }: MappableModel,
  byId: ReadonlyMap<string, MappableModel>,
): readonly MappableModel[] {
  return record.companions.flatMap(({ role, id }) => (role === 'mmproj' ? (byId.get(id) ?? []) : []));
}

/** @internal What is added to a model's name in a store where another one has it: nothing, or some of its digest. */
export function suffixesOf({ record }: MappableModel): readonly string[] {
  const digest = record.files.find(({ role }) => role === 'weights')?.sha256 ?? '';
  return SUFFIX_LENGTHS.map((length) => (length === 0 ? '' : `-${digest.slice(0, length)}`));
}

/** Models that are there keep their names, then the first import goes first; of two commits of one branch the last counts. */
function inOrder(
  models: readonly MappableModel[],
  { layout, linked }: { readonly layout: StoreLayout; readonly linked: ReadonlyMap<string, unknown> },
): readonly MappableModel[] {
  const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
  const age = ({ record: left }: MappableModel, { record: right }: MappableModel): number =>
    compare(left.importedAt, right.importedAt) || compare(left.id, right.id);
  if (layout.format === 'hugging-face') return models.toSorted((left, right) => -age(left, right));
  const rank = ({ record }: MappableModel): number => (linked.has(record.id) ? 0 : 1);
  return models.toSorted((left, right) => rank(left) - rank(right) || age(left, right));
}

interface Claim {
  readonly model: MappableModel;
  readonly byId: ReadonlyMap<string, MappableModel>;
  readonly taken: ReadonlyMap<string, string>;
  readonly linked: readonly RegisteredLink[];
}

function freePlace({ layout, base }: WantedInStoreOptions, { model, byId, taken, linked }: Claim): StorePlace {
  const companions = companionsOf(model, byId);
  const places = suffixesOf(model).map((suffix) => layout.place(model, { companions, suffix }));
  const isFree = (place: StorePlace): boolean =>
    place.files?.every(
      (file) => (taken.get(keyOf(file)) ?? file.fileSha256 ?? file.source) === (file.fileSha256 ?? file.source),
    ) ?? false;
  const names = new Set(
    linked.map(({ folder, target }) => foldName(`${folder}/${target.slice(target.search(/[^/\\]*$/u))}`)),
  );
  const isLinked = (place: StorePlace): boolean =>
    place.files?.some((file) => !isNamedByContent(file) && names.has(foldName(`${base}${file.folder}/${file.name}`))) ??
    false;
  const [first] = places;
  const chosen = places.find((place) => isLinked(place) && isFree(place)) ?? places.find(isFree);
  if (chosen !== undefined) return chosen;
  if (first?.files === null) return first;
  if (layout.format === 'hugging-face' && first !== undefined) return first;
  return { files: null, reason: { code: 'no-free-name', message: 'other models have the names of this one' } };
}

function ownKey({ folder, target }: RegisteredLink, base: string): string {
  const inStore = folder.startsWith(base) ? folder.slice(base.length) : folder;
  return foldName(`${inStore}/${target.slice(target.search(/[^/\\]*$/u))}`);
}

function keyOf({ folder, name }: StoreFile): string {
  return foldName(`${folder}/${name}`);
}

/** Blobs. */
function isNamedByContent({ folder }: StoreFile): boolean {
  return folder === 'blobs' || folder.endsWith('/blobs');
}

function wantedLink(
  { base }: WantedInStoreOptions,
  { model, file }: { readonly model: MappableModel; readonly file: StoreFile },
): WantedLink {
  const { source, origin, fileSha256, sizeBytes, content, name } = file;
  const placed: PlacedFile = {
    source,
    origin,
    fileSha256,
    sizeBytes,
    content,
    leadsTo: 'file',
    nameInFolder: null,
    isNamedByContent: isNamedByContent(file),
    look: null,
    lookedAt: 0,
  };
  const folder = `${base}${file.folder}`;
  return { model, file: placed, folder, name, viewFolder: folder };
}
