import { Socket } from 'node:net'
import { install } from '@sinonjs/fake-timers'
import type { Clock } from '@sinonjs/fake-timers'

/** The parts of a socket's timeout that are replaced: its setter, and what Node calls when data is sent or received. */
interface SocketTimeouts {
  setTimeout(this: Socket, milliseconds: number, listener?: () => void): Socket
  _unrefTimer(this: Socket): void
}

/**
 * Replaces the clock and the timers of the process, including those of sockets and of AbortSignal.timeout, so that an
 * hour can pass in no time. Everything that does not wait for time runs as usual.
 */
export class SimulatedClock {
  readonly #clock: Clock

  constructor(startMilliseconds: number) {
    this.#clock = install({
      now: startMilliseconds,
      toFake: ['Date', 'performance', 'hrtime', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    })
    // A process that has run for a while: lru-cache treats a time of 0 as no time.
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
