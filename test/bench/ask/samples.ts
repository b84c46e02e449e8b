// Samples: what questions are asked about, kept while the events are made: what is asked for often, and what hardly ever.

import type { Random } from '../../random.ts'
import type { Deed } from './make-deeds.ts'

export type Subject = Pick<Deed, 'cluster' | 'thing' | 'ip' | 'timeUs' | 'auditID'> & { readonly actor: string }

export interface Samples {
  see(deed: Deed): void
  /** Half of the time as often as it is in the events, half of the time each value as often as any other. */
  draw(of: SampleName): Subject
}

/** Which events each is taken from, and by what its values differ. */
const samples = {
  change: { isOne: ({ verb }: Deed) => writes.has(verb), value: nameOfThing },
  person: { isOne: isOfPerson, value: ({ caller }: Deed) => caller.username },
  deletion: { isOne: ({ verb }: Deed) => verb === 'delete', value: ({ thing }: Deed) => thing.namespace },
  denial: {
    isOne: (deed: Deed) => deed.isDenied && !isOfPerson(deed),
    value: ({ caller }: Deed) => caller.username,
  },
  shell: { isOne: ({ subresource }: Deed) => subresource === 'exec', value: ({ thing }: Deed) => thing.namespace },
  any: { isOne: () => true, value: ({ ip }: Deed) => ip },
} as const
export type SampleName = keyof typeof samples

const writes: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete'])
const eachMax = 1_000
const valuesMax = 5_000

function isOfPerson({ caller }: Deed): boolean {
  return caller.username.startsWith('person-')
}

function nameOfThing({ cluster, thing }: Deed): string {
  return [cluster, thing.resource, thing.namespace, thing.name].join('/')
}

export function takeSamples(random: Random): Samples {
  const kept = Object.entries(samples).map(([name, { isOne, value }]) => ({
    name,
    isOne,
    value,
    seen: 0,
    often: [] as Subject[],
    values: new Map<string, Subject>(),
  }))
  return {
    see(deed) {
      for (const sample of kept) {
        if (!sample.isOne(deed)) continue
        sample.seen += 1
        // Reservoir sampling: each event stays with the same chance, however many come.
        const place = sample.seen <= eachMax ? sample.seen - 1 : random.below(sample.seen)
        if (place < eachMax) sample.often[place] = subjectOf(deed)
        const value = sample.value(deed)
        if (sample.values.size < valuesMax && !sample.values.has(value)) sample.values.set(value, subjectOf(deed))
      }
    },
    draw(of) {
      const sample = kept.find(({ name }) => name === of)
      const from = random.below(2) === 0 ? sample?.often : [...(sample?.values.values() ?? [])]
      const subject = from?.[random.below(from.length)]
      if (!subject) throw new RangeError(`could not ask about a ${of}: none was made`)
      return subject
    },
  }
}

function subjectOf({ cluster, thing, ip, timeUs, auditID, caller }: Deed): Subject {
  return { cluster, thing, ip, timeUs, auditID, actor: caller.username }
}
