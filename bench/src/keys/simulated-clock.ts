import { Socket } from 'node:net'
import { install } from '@sinonjs/fake-timers'
import type { Clock } from '@sinonjs/fake-timers'

/** What of a socket's timeout is replaced: its setter, and what Node calls when something was sent or received. */
interface SocketTimeouts {
  setTimeout(this: Socket, milliseconds: number, listener?: () => void): Socket
  _unrefTimer(this: Socket): void
}

/**
 * Takes the place of this process's clock and timers, those of sockets and of AbortSignal.timeout included, so that
 * an hour passes when it is told to. What waits for no time still happens by itself.
 */
export class SimulatedClock {
  readonly #clock: Clock

  constructor(startMilliseconds: number) {
    this.#clock = install({
      now: startMilliseconds,
      toFake: ['Date', 'performance', 'hrtime', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    })
    // As in a process that has run for a while: lru-cache takes a time of 0 for none.
    this.advance(60_000)
    AbortSignal.timeout = (milliseconds) => {
      const controller = new AbortController()
      const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
      setTimeout(() => controller.abort(reason), milliseconds)
      return controller.signal
    }
    Object.assign(Socket.prototype, socketTimeouts())
  }

  get milliseconds(): number {
    return this.#clock.now
  }

  advance(milliseconds: number): void {
    this.#clock.tick(milliseconds)
  }
}

function socketTimeouts(): SocketTimeouts {
  const timers = new WeakMap<Socket, ReturnType<typeof setTimeout>>()
  const restart = (socket: Socket) => {
    clearTimeout(timers.get(socket))
    if (!socket.timeout || socket.destroyed) return
    timers.set(
      socket,
      setTimeout(() => socket.emit('timeout'), socket.timeout),
    )
  }
  return {
    setTimeout(milliseconds, listener) {
      Object.assign(this, { timeout: milliseconds })
      restart(this)
      if (listener !== undefined && milliseconds > 0) this.once('timeout', listener)
      if (listener !== undefined && milliseconds === 0) this.off('timeout', listener)
      return this
    },
    _unrefTimer() {
      restart(this)
    },
  }
}
