import { expect, test } from 'vitest'
import { controlOf, controls, frameworks, isControl } from './controls.ts'

test('every control has an id of its own, of its framework, and a title', () => {
  expect(new Set(controls.map((control) => control.id)).size).toBe(controls.length)
  for (const { id, framework, title } of controls) {
    expect(id).toMatch(
      /^(?:pci:\d+(?:\.\d+)+|soc2:(?:CC|A|C)\d\.\d|iso27001:A\.\d\.\d+|cis:\d(?:\.\d+){2})$|^nist:[A-Z]{2}-\d+(?:\(\d+\))?$|^hipaa:164\.\d{3}(?:\(\w+\))+$/,
    )
    expect(id.startsWith(`${framework.prefix}:`)).toBe(true)
    expect(title.length).toBeGreaterThan(5)
  }
})

test('every framework says which edition its ids are of, and has controls', () => {
  for (const framework of frameworks) {
    expect(framework.version).not.toBe('')
    expect(controls.filter((control) => control.framework === framework).length).toBeGreaterThan(10)
  }
})

test('what is no control is not taken for one', () => {
  expect(isControl('pci:10.2.1.2')).toBe(true)
  expect(controlOf('hipaa:164.312(b)')?.title).toBe('Activity is recorded and examined')
  for (const id of ['pci:99.1', '10.2.1.2', 'pci', 'pci:', 'PCI:10.2.1.2', '__proto__', 'constructor', '']) {
    expect(isControl(id), id).toBe(false)
  }
})
