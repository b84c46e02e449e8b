// Metrics: the numbers of one process for /metrics, with the gauge that says which build speaks.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export type { Counter, Gauge, Histogram } from 'prom-client'

/** `name` begins with `plaintrail_`, uses base units, and ends in `_total` for a counter. */
export interface MetricDefinition<Label extends string> {
  readonly name: string
  readonly help: string
  /** Never a user's or an object's name: each new value costs a time series for good. */
  readonly labels?: readonly Label[]
}

export interface HistogramDefinition<Label extends string> extends MetricDefinition<Label> {
  /** Upper bounds in the metric's unit, ascending. */
  readonly buckets: readonly number[]
}

/** Each of counter, gauge and histogram throws when the name is taken: make a metric once, where it is used. */
export interface Metrics {
  counter<Label extends string = never>(definition: MetricDefinition<Label>): Counter<Label>
  gauge<Label extends string = never>(definition: MetricDefinition<Label>): Gauge<Label>
  histogram<Label extends string = never>(definition: HistogramDefinition<Label>): Histogram<Label>
  /** The body of /metrics. */
  text(): Promise<string>
  /** Its Content-Type. */
  readonly contentType: string
}

export interface MetricsOptions {
  /** Null for a part whose text is joined to that of the process it is in. */
  readonly version: string | null
  /** Memory, CPU, event loop and garbage collection of this process; off where tests make many. */
  readonly processMetrics: boolean
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  if (options.processMetrics) collectDefaultMetrics({ register: registry })

  const common = <Label extends string>({ name, help, labels }: MetricDefinition<Label>) => ({
    name,
    help,
    labelNames: labels ?? [],
    registers: [registry],
  })
  const metrics: Metrics = {
    counter: (definition) => new Counter(common(definition)),
    gauge: (definition) => new Gauge(common(definition)),
    histogram: (definition) => new Histogram({ ...common(definition), buckets: [...definition.buckets] }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
  if (options.version === null) return metrics
  const build = metrics.gauge({
    name: 'plaintrail_build_info',
    help: 'Always 1; the labels say which build this process runs.',
    labels: ['version'],
  })
  build.set({ version: options.version }, 1)
  return metrics
}
