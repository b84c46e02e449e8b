// sampleToken: a token as the API tells of it.
import type { Token } from '../answers.ts'

export function sampleToken(different: Partial<Token> = {}): Token {
  return {
    id: '6fd50927-4c9c-4f31-82e6-721d335b29ef',
    name: 'alice',
    created_at: '2026-11-20T10:00:00.000000Z',
    created_by: 'admin',
    expires_at: '2027-03-01T00:00:00.000000Z',
    last_used_at: null,
    revoked_at: null,
    current: true,
    ...different,
  }
}
