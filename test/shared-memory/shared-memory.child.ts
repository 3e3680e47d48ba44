import { SharedMemory } from '#dist/shared-memory/shared-memory.js';
import { say } from '../support/children.js';
import { runPart } from '../support/shared.js';

await runPart({
  create({ name, track }) {
    const shm = new SharedMemory({ name, create: true, size: 8192, track });
    shm.buf[0] = 1;
    say('created');
    setInterval(() => shm.size, 1e6);
  },
  attach({ shm, list }) {
    shm.buf[5] = 55;
    list.set(1, 'kurz');
    say([...list].map(String));
  },
  /** Makes and unmakes names until killed. */
  churn({ prefix }) {
    say('begun');
    for (let n = 0; ; n += 1) {
      const shm = new SharedMemory({ name: `${prefix}${n % 7}`, create: true, size: 4096 });
      shm.unlink();
      shm.close();
    }
  },
  full({ size }) {
    try {
      new SharedMemory({ create: true, size });
      say('created');
    } catch (error) {
      const { code, name, message } = error as NodeJS.ErrnoException;
      say({ code, name, message });
    }
  },
});
