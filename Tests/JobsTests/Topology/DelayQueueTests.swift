import Jobs
import Testing

struct DelayQueueTests {
    @Test(arguments: [
        (1, 0, DelayQueue.oneSecond), (1, 1, .twoSeconds), (2, 0, .twoSeconds), (2, 1, .fiveSeconds),
        (3, 0, .fiveSeconds), (4, 0, .tenSeconds), (5, 0, .thirtySeconds), (5, 1, .oneMinute), (6, 0, .oneMinute),
        (6, 1, .oneMinute), (9, 0, .oneMinute), (0, 0, .oneSecond), (-5, 0, .oneSecond),
    ])
    func `each attempt waits one step longer`(_ attempt: Int, jitter: Int, wanted: DelayQueue) {
        #expect(DelayQueue.backOff(afterAttempt: attempt, jitter: jitter) == wanted)
    }

    @Test(arguments: [
        (Duration.zero, DelayQueue.oneSecond), (.seconds(1), .oneSecond), (.milliseconds(1001), .twoSeconds),
        (.seconds(6), .tenSeconds), (.seconds(60), .oneMinute), (.seconds(3600), .oneMinute),
    ])
    func `the shortest that lasts long enough is chosen`(_ duration: Duration, wanted: DelayQueue) {
        #expect(DelayQueue.lasting(duration) == wanted)
    }
}
