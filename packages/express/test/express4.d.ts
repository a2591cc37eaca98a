/** For these tests, the types of Express 5 also fit Express 4. */
declare module 'express4' {
  export { default } from 'express'
}
