import AMQP
import Redis
import ServiceLifecycle

/// Runs the AMQP client as a service: at shutdown it ends in good order, after everything that uses it.
struct AMQPService: Service {
    let client: AMQPClient

    func run() async throws {
        await withGracefulShutdownHandler {
            await client.run()
        } onGracefulShutdown: {
            // The client's own run, which the service group waits for, ends when this is done.
            Task { await client.shutdown() }
        }
    }
}

/// Runs the Redis client as a service.
struct RedisService: Service {
    let client: RedisClient

    func run() async throws {
        await cancelWhenGracefulShutdown { await client.run() }
    }
}
