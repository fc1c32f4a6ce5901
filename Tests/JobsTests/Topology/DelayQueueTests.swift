import Jobs
import Testing

struct DelayQueueTests {
    @Test(arguments: [
        (Duration.zero, DelayQueue.oneSecond), (.seconds(1), .oneSecond), (.milliseconds(1001), .twoSeconds),
        (.seconds(6), .tenSeconds), (.seconds(60), .oneMinute), (.seconds(3600), .oneMinute),
    ])
    func `the shortest that lasts long enough is chosen`(_ duration: Duration, wanted: DelayQueue) {
        #expect(DelayQueue.lasting(duration) == wanted)
    }
}
