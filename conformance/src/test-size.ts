/** `npm test` runs a sample of the largest suites; `npm run test:full` sets TEST_SIZE=full and runs the rest. */
export const isFullSize = process.env['TEST_SIZE'] === 'full'
