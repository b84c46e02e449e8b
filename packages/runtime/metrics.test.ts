// What a Prometheus that scrapes us sees.
import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('a scrape says which build runs and what was counted', async () => {
  const metrics = createMetrics({ version: '0.1.0', processMetrics: false })
  const events = metrics.counter({
    name: 'plaintrail_receiver_events_total',
    help: 'Events received.',
    labels: ['cluster'],
  })
  const lag = metrics.gauge({ name: 'plaintrail_lag_events', help: 'Events not yet stored.' })
  const age = metrics.histogram({ name: 'plaintrail_event_age_seconds', help: 'Age.', buckets: [1, 5] })
  events.inc({ cluster: 'prod' }, 400)
  lag.set(3)
  age.observe(2)
  const body = await metrics.text()
  expect(body).toContain('plaintrail_build_info{version="0.1.0"} 1')
  expect(body).toContain('plaintrail_receiver_events_total{cluster="prod"} 400')
  expect(body).toContain('plaintrail_lag_events 3')
  expect(body).toContain('plaintrail_event_age_seconds_bucket{le="1"} 0')
  expect(body).toContain('plaintrail_event_age_seconds_bucket{le="5"} 1')
  expect(metrics.contentType).toContain('text/plain')
})

test('a process tells its memory and event loop when it is asked to, and two in one process do not mix', async () => {
  const one = createMetrics({ version: '1', processMetrics: true })
  const other = createMetrics({ version: '2', processMetrics: false })
  expect(await one.text()).toContain('process_resident_memory_bytes')
  expect(await other.text()).not.toContain('process_resident_memory_bytes')
  expect(await other.text()).not.toContain('version="1"')
})

test('a name that is taken is refused', () => {
  const metrics = createMetrics({ version: '1', processMetrics: false })
  expect(() => metrics.gauge({ name: 'plaintrail_build_info', help: 'again' })).toThrow('already been registered')
})
