import { describe, expect, it } from 'vitest'
import { DEFAULTS, clash, commands, keepChosen, readChosen, rebound } from './bindings'
import { commandOf, digitOf, isField, label, type Press } from './matcher'

const press = (more: Partial<Press>): Press => ({
  code: 'KeyM',
  key: 'm',
  alt: false,
  ctrl: false,
  meta: false,
  shift: false,
  isTyping: false,
  isOnControl: false,
  isRepeat: false,
  ...more,
})
const all = () => true
const of = (more: Partial<Press>, offered: (id: string) => boolean = all, bare = true) =>
  commandOf(press(more), commands({}), offered, bare)

describe('a key', () => {
  it('means its command while no field has the focus', () => {
    expect(of({})).toBe('mute')
    expect(of({ isTyping: true })).toBeNull()
  })
  it('with Alt means it in a field, too', () =>
    expect(of({ isTyping: true, alt: true })).toBe('mute'))
  it('with Ctrl or Meta is the browser’s', () => {
    expect(of({ ctrl: true })).toBeNull()
    expect(of({ ctrl: true, shift: true })).toBeNull()
    expect(of({ meta: true })).toBeNull()
  })
  it('means nothing while its command makes no sense', () =>
    expect(of({}, (id) => id !== 'mute')).toBeNull())
  it('held down means one press', () => expect(of({ isRepeat: true })).toBeNull())
  it('without Alt can be switched off, as a whole', () => {
    expect(of({}, all, false)).toBeNull()
    expect(of({ alt: true }, all, false)).toBe('mute')
    expect(of({ code: 'Enter', key: 'Enter' }, all, false)).toBe('finish')
  })
  it('is known by its place, whatever the layout writes', () =>
    expect(of({ code: 'KeyM', key: 'ь' })).toBe('mute'))
})

it('Enter on a button is the button’s', () => {
  expect(of({ code: 'Enter', key: 'Enter' })).toBe('finish')
  expect(of({ code: 'Enter', key: 'Enter', isOnControl: true })).toBeNull()
})

it('? asks for help, but not in a field', () => {
  expect(of({ code: 'Slash', key: '?', shift: true })).toBe('help')
  expect(of({ code: 'Minus', key: '?', shift: true })).toBe('help')
  expect(of({ code: 'Slash', key: '?', shift: true, isTyping: true })).toBeNull()
})

describe('a digit', () => {
  it('counts from both places of the keyboard', () => {
    expect(digitOf(press({ code: 'Digit4', key: '4' }))).toBe(4)
    expect(digitOf(press({ code: 'Numpad9', key: '9' }))).toBe(9)
    expect(digitOf(press({ code: 'Digit0', key: '0' }))).toBeNull()
  })
  it('in a field is text', () =>
    expect(digitOf(press({ code: 'Digit4', isTyping: true }))).toBeNull())
})

describe('own keys', () => {
  it('change places with the command that had the key', () => {
    const own = rebound({}, 'mute', 'KeyE')!
    expect(own).toEqual({ mute: 'KeyE', hangup: 'KeyM' })
    expect(clash({}, 'mute', 'KeyE')).toBe('hangup')
    expect(clash(own, 'mute', 'KeyE')).toBeNull()
  })
  it('are letters, and Enter stays', () => {
    expect(rebound({}, 'mute', 'F5')).toBeNull()
    expect(rebound({}, 'finish', 'KeyX')).toBeNull()
    expect(rebound({}, 'no-such', 'KeyX')).toBeNull()
  })
  it('are kept for each person', () => {
    keepChosen(localStorage, 'anna', { own: { mute: 'KeyX' }, bareKeys: false })
    expect(readChosen(localStorage, 'anna')).toEqual({ own: { mute: 'KeyX' }, bareKeys: false })
    expect(readChosen(localStorage, 'ben')).toEqual({ own: {}, bareKeys: true })
    localStorage.setItem('dialer.keys.ben', '{"own": {"mute": "F5", "gone": "KeyA"}}')
    expect(readChosen(localStorage, 'ben').own).toEqual({})
    localStorage.setItem('dialer.keys.ben', 'broken')
    expect(readChosen(localStorage, 'ben').own).toEqual({})
  })
  it('never leave two commands on one key', () => {
    let own = {}
    for (const { id } of DEFAULTS) own = rebound(own, id, 'KeyQ') ?? own
    const codes = commands(own).map((it) => it.code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})

it('a field is where letters mean text', () => {
  const made = (html: string) => {
    const box = document.createElement('div')
    box.innerHTML = html
    return box.firstElementChild as HTMLElement
  }
  expect(isField(made('<input type="text">'))).toBe(true)
  expect(isField(made('<textarea></textarea>'))).toBe(true)
  expect(isField(made('<select></select>'))).toBe(true)
  expect(isField(made('<input type="checkbox">'))).toBe(false)
  expect(isField(made('<button></button>'))).toBe(false)
  expect(isField(null)).toBe(false)
})

it('keys are written as on the keyboard', () => {
  expect([label('KeyM'), label('Enter'), label('Slash')]).toEqual(['M', 'Enter', '?'])
})
