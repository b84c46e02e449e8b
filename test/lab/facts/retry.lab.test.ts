// What an API server does with an answer: whether it posts the list again, when, how often, and when it gives up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { testLabs } from '../lab-for-tests.ts'
import type { Posted, RecorderAnswer } from '../recorder.ts'
import { itemsOf, observe, quietPolicy, until, type Observed } from './observe.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
/** What a busy machine adds to a wait. */
const lateMs = 700
const policy = quietPolicy(undefined, { omitStages: ['RequestReceived'] })

/** To the first post, the second and so on, of the list with this event. */
type Answer = (attempt: number, auditID: string) => RecorderAnswer | Promise<RecorderAnswer>
type Came = Omit<Posted, 'status'>

/** One list with one event in it, whose posts are answered as a test says. */
interface OneList {
  readonly posts: readonly Came[]
  readonly auditID: string
}

/** Tells lists apart by the auditID of their event, so that many tests can be waited for at once. */
class Lists {
  readonly #lab: Observed
  readonly #answers = new Map<string, { readonly answer: Answer; readonly posts: Came[] }>()
  #turn: Promise<unknown> = Promise.resolve()
  #count = 0

  constructor(lab: Observed) {
    this.#lab = lab
    lab.recorder.answerWith((came) => {
      const auditID = came.body.length > 0 ? (itemsOf(came.body)[0]?.auditID ?? '') : nameIn(came.path)
      const list = this.#answers.get(auditID)
      if (list === undefined) return { status: 200 }
      list.posts.push(came)
      return list.answer(list.posts.length, auditID)
    })
  }

  /** One after the other, else two events would come in one list. */
  async post(answer: Answer): Promise<OneList> {
    const auditID = `list-${(this.#count += 1)}`
    const posts: Came[] = []
    this.#answers.set(auditID, { answer, posts })
    const begun = this.#turn.then(async () => {
      await this.#lab.send({ auditID, method: 'GET', path: configMaps })
      await until(() => posts.length > 0, `the first post of ${auditID}`)
    })
    this.#turn = begun.catch(() => undefined)
    await begun
    return { posts, auditID }
  }
}

/** Where a redirection leads: the body may be gone there, the path is not. */
const nameIn = (path: string): string => /\/redirected\/([\w-]+)/.exec(path)?.[1] ?? ''

const always =
  (answer: RecorderAnswer): Answer =>
  () =>
    answer
const first =
  (count: number, answer: RecorderAnswer): Answer =>
  (attempt) =>
    attempt <= count ? answer : { status: 200 }
const never = (): Promise<RecorderAnswer> => new Promise(() => undefined)

const gapsOf = (posts: readonly Came[]): readonly number[] =>
  posts.slice(1).map(({ atMs }, index) => atMs - (posts[index]?.atMs ?? 0))

/** Each wait is half as long again as the one before, and up to a fifth longer. */
function expectWaits(posts: readonly Came[], firstMs: number): void {
  expect(posts).toHaveLength(5)
  for (const [index, gap] of gapsOf(posts).entries()) {
    const wait = firstMs * 1.5 ** index
    expect(gap, `wait ${index + 1}`).toBeGreaterThanOrEqual(wait - 5)
    expect(gap, `wait ${index + 1}`).toBeLessThan(wait * 1.2 + lateMs)
  }
}

function expectSameBytes(posts: readonly Came[]): void {
  for (const { body } of posts) expect(body.equals(posts[0]?.body ?? Buffer.alloc(0))).toBe(true)
}

const [newest] = testLabs()

describe.concurrent('by default', () => {
  test('five attempts, 10, 15, 22.5 and 33.75 s apart and up to a fifth longer, and the same bytes each time', async () => {
    if (newest === undefined) throw new Error('there is no lab')
    await using lab = await observe(newest, { policy })
    const list = await new Lists(lab).post(always({ status: 400 }))
    await until(() => list.posts.length === 5, 'the fifth attempt', 110_000)
    expectWaits(list.posts, 10_000)
    expectSameBytes(list.posts)
    await until(async () => (await lab.plane.metrics()).errors['webhook'] === 1, 'the event to be counted as lost')
  })
})

describe.concurrent.each(testLabs())('Kubernetes $version, --audit-webhook-initial-backoff=1s', (tools) => {
  let lab: Observed
  let lists: Lists
  let lost = 0

  /** The sixth attempt would come after 5.1 to 6.1 s. */
  const untilGivenUp = async (list: OneList): Promise<void> => {
    await until(() => list.posts.length >= 5, 'the fifth attempt')
    await sleep(6_100 + lateMs)
    expectWaits(list.posts, 1_000)
    lost += 1
  }

  beforeAll(async () => {
    lab = await observe(tools, { flags: ['--audit-webhook-initial-backoff=1s'], policy })
    lists = new Lists(lab)
  })
  afterAll(async () => {
    const { errors } = await lab.plane.metrics()
    await lab[Symbol.asyncDispose]()
    // Every list here has one event, and nothing but a list that was given up is counted.
    const counted = JSON.stringify(errors)
    if (counted !== JSON.stringify({ webhook: lost }))
      throw new Error(`${lost} events were lost in these tests, and the API server counts ${counted}`)
  })

  const refusals = [207, 304, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503]
  test.each(refusals)('%i: five attempts, then the list is dropped and its events are counted', async (status) => {
    await untilGivenUp(await lists.post(always({ status })))
  })

  test('a connection that is closed without an answer is an attempt like any other', async () => {
    await untilGivenUp(
      await lists.post(() => {
        throw new Error('the recorder closes the connection')
      }),
    )
  })

  test('200 with a Content-Type that cannot be parsed is posted again, and in the end dropped', async () => {
    await untilGivenUp(await lists.post(always({ status: 200, headers: { 'content-type': 'application/json; =' } })))
  })

  test.each([201, 202, 203, 204, 205, 206])('%i is as good as 200', async (status) => {
    const list = await lists.post(always({ status }))
    await sleep(1_200 + lateMs)
    expect(list.posts).toHaveLength(1)
  })

  test('200 of another content type is taken', async () => {
    const list = await lists.post(always({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } }))
    await sleep(1_200 + lateMs)
    expect(list.posts).toHaveLength(1)
  })

  test.each([307, 308])('%i: the list is posted to where it is sent on to', async (status) => {
    const list = await lists.post(sendingOn(status))
    await until(() => list.posts.length === 2, 'the second post')
    expect(list.posts[1]).toMatchObject({ method: 'POST', path: `/redirected/${list.auditID}` })
    expectSameBytes(list.posts)
  })

  test.each([301, 302, 303])(
    '%i: where it is sent on to gets a GET without a body; 200 there loses the list',
    async (status) => {
      const list = await lists.post(sendingOn(status))
      await until(() => list.posts.length === 2, 'the GET')
      expect(list.posts[1]).toMatchObject({ method: 'GET', path: `/redirected/${list.auditID}` })
      expect(list.posts[1]?.body).toHaveLength(0)
      await sleep(1_200 + lateMs)
      // Nor is it counted: see afterAll.
      expect(list.posts).toHaveLength(2)
    },
  )

  test.each([429, 500, 503])('%i with Retry-After in seconds waits that long instead', async (status) => {
    const list = await lists.post(first(1, { status, headers: { 'retry-after': '4' } }))
    await until(() => list.posts.length === 2, 'the second post')
    expectGap(list, 4_000, 4_000)
  })

  test('Retry-After of another status is ignored', async () => {
    const list = await lists.post(first(1, { status: 400, headers: { 'retry-after': '4' } }))
    await until(() => list.posts.length === 2, 'the second post')
    expectGap(list, 1_000, 1_200)
  })

  test('Retry-After as a date is ignored', async () => {
    const date = new Date(Date.now() + 20_000).toUTCString()
    const list = await lists.post(first(1, { status: 503, headers: { 'retry-after': date } }))
    await until(() => list.posts.length === 2, 'the second post')
    expectGap(list, 1_000, 1_200)
  })

  test('Retry-After stretches one attempt to eleven posts', async () => {
    const list = await lists.post(first(11, { status: 503, headers: { 'retry-after': '2' } }))
    await until(() => list.posts.length === 12, 'the twelfth post')
    const gaps = gapsOf(list.posts)
    for (const gap of gaps.slice(0, 10)) expect(gap).toBeGreaterThanOrEqual(1_995)
    // The next attempt, by its own wait.
    expect(gaps.at(-1)).toBeLessThan(1_200 + lateMs)
  })

  test('an attempt ends after 30 s, Retry-After or not', async () => {
    const list = await lists.post(first(3, { status: 503, headers: { 'retry-after': '12' } }))
    await until(() => list.posts.length === 4, 'the fourth post', 40_000)
    const [one = 0, two = 0, three = 0] = gapsOf(list.posts)
    expect(one).toBeGreaterThanOrEqual(11_995)
    expect(two).toBeGreaterThanOrEqual(11_995)
    expect(three).toBeLessThan(11_000)
    expect(one + two + three).toBeGreaterThanOrEqual(24_000)
  })

  test('a post that is not answered for 30 s is posted again, the same bytes', async () => {
    const list = await lists.post((attempt) => (attempt === 1 ? never() : { status: 200 }))
    await until(() => list.posts.length === 2, 'the second post', 40_000)
    expectGap(list, 31_000, 31_200)
    expectSameBytes(list.posts)
  })

  test('a list that is posted again holds back none that comes after it', async () => {
    const held = await lists.post(first(1, { status: 503, headers: { 'retry-after': '4' } }))
    const later = await lists.post(always({ status: 200 }))
    await until(() => held.posts.length === 2, 'the second post')
    expect(later.posts[0]?.atMs).toBeLessThan(held.posts[1]?.atMs ?? 0)
  })
})

function expectGap(list: OneList, fromMs: number, toMs: number): void {
  const [gap = 0] = gapsOf(list.posts)
  expect(gap).toBeGreaterThanOrEqual(fromMs - 5)
  expect(gap).toBeLessThan(toMs + lateMs)
}

const sendingOn =
  (status: number): Answer =>
  (attempt, auditID) =>
    attempt === 1 ? { status, headers: { location: `/redirected/${auditID}` } } : { status: 200 }
