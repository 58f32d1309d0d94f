import type { AvailableContent, Availability, FleetContent } from '../content.ts';
import type { Server } from '../server.ts';
import { createWarnings, type WeighedModel } from './compatibility.ts';
import type {
  CompatibilityWarning,
  MissingModel,
  RequiredModel,
  RequirementsAnswer,
  ResolvedRequirement,
  ServerReadiness,
} from './requirement.ts';

/** @internal What each server has of what is required. Pure: the same look gives the same answer. */
export function judgeAvailability(
  required: readonly RequiredModel[],
  { servers, contents, meant }: Availability,
): RequirementsAnswer {
  const wanted = required.map((one, place) => {
    const found = (meant[place] ?? []).flatMap((content) => contents[content] ?? []);
    return wantedModel(one, found, servers);
  });
  const warningsOf = createWarnings(wanted.map(({ weighed }) => weighed));
  return {
    models: wanted.map(({ resolved }) => resolved),
    servers: servers.map((server, place) => {
      const missing = wanted.filter(({ isHeld }) => isHeld[place] === 0).map((one) => one.missing);
      return readinessOf(server, missing, warningsOf(server));
    }),
  };
}

interface WantedModel {
  readonly resolved: ResolvedRequirement;
  readonly missing: MissingModel;
  readonly weighed: WeighedModel;
  /** 1 for the place of each server that has it. */
  readonly isHeld: Uint8Array;
}

function wantedModel(
  required: RequiredModel,
  found: readonly AvailableContent[],
  servers: readonly Server[],
): WantedModel {
  const sorted = found.toSorted(byWorth);
  const isHeld = new Uint8Array(servers.length);
  for (const { holders } of sorted) for (const place of holders) isHeld[place] = 1;
  let copies = 0;
  for (const [place, server] of servers.entries()) if (isHeld[place] === 1 && !server.silent) copies += 1;
  const [first = null] = sorted;
  const { model } = required;
  const content = first === null ? null : withoutHolders(first);
  return {
    resolved: { model, contents: sorted.map(withoutHolders), copies },
    missing: { model, sha256: first?.sha256 ?? null, sizeBytes: first?.sizeBytes ?? null, copies },
    weighed: { required, content },
    isHeld,
  };
}

/** What most have is fetched; then the smaller one. */
function byWorth(one: AvailableContent, other: AvailableContent): number {
  return (
    other.holders.length - one.holders.length || one.sizeBytes - other.sizeBytes || (one.sha256 < other.sha256 ? -1 : 1)
  );
}

function withoutHolders(content: AvailableContent): FleetContent {
  const { sha256, sizeBytes, name, type, family, baseModel, precision, civitaiVersionId } = content;
  return { sha256, sizeBytes, name, type, family, baseModel, precision, civitaiVersionId };
}

function readinessOf(
  server: Server,
  missing: readonly MissingModel[],
  warnings: readonly CompatibilityWarning[],
): ServerReadiness {
  const bytesToFetch = bytesOf(missing);
  const bytesPerSecond = server.measuredBytesPerSecond ?? server.capacity.bytesPerSecond;
  const isTimed = bytesToFetch !== null && bytesPerSecond !== null;
  return {
    server,
    ready: missing.length === 0 && !server.silent,
    missing,
    bytesToFetch,
    fetchMs: bytesToFetch === 0 ? 0 : isTimed ? Math.ceil((bytesToFetch / bytesPerSecond) * 1_000) : null,
    warnings,
  };
}

/** A content that is required twice is fetched once. */
function bytesOf(missing: readonly MissingModel[]): number | null {
  const counted = new Set<string>();
  let bytes = 0;
  for (const { sha256, sizeBytes } of missing) {
    if (sha256 === null || sizeBytes === null) return null;
    if (!counted.has(sha256)) bytes += sizeBytes;
    counted.add(sha256);
  }
  return bytes;
}
