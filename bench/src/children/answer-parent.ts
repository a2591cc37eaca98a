import type { Reply } from './child.ts'

/** Makes ready for the order of the parent process, and answers its questions from then on, until it is gone. */
export function answerParent<Order, Question, Answer>(
  prepare: (order: Order) => Promise<(question: Question) => Answer | Promise<Answer>>,
): void {
  let answer: ((question: Question) => Answer | Promise<Answer>) | null = null
  const take = async (message: unknown): Promise<unknown> => {
    if (answer !== null) return answer(message as Question)
    answer = await prepare(message as Order)
    return null
  }
  const reply = (said: Reply) => process.send?.(said)
  process.on('disconnect', () => process.exit())
  process.on('message', (message) => {
    take(message).then(
      (given) => reply({ answer: given }),
      (error: unknown) => reply({ fault: error instanceof Error ? String(error.stack) : String(error) }),
    )
  })
}
