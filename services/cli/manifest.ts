// Manifest: an object as the API answers it, and without what nobody reads it for.

export type Manifest = Readonly<Record<string, unknown>>

/** Without managedFields, which kubectl does not show either. */
export function withoutManagers(manifest: Manifest): Manifest {
  return { ...manifest, ...metadataWithout(manifest, ['managedFields']) }
}

/** Without what differs after every write, whoever made it, and what the API server fills in. */
export function withoutNoise({ status: _status, ...manifest }: Manifest): Manifest {
  return { ...manifest, ...metadataWithout(manifest, ['managedFields', 'resourceVersion', 'generation', 'uid']) }
}

function metadataWithout({ metadata }: Manifest, names: readonly string[]): Manifest {
  if (!isManifest(metadata)) return {}
  return { metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !names.includes(name))) }
}

export const isManifest = (value: unknown): value is Manifest =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
