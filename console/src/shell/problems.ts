export { useAttempt, useProblems } from '@/kit/problems'
