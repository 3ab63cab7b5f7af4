namespace Flux.Server.Tests.BadInput;

public sealed class AnswerTimeTests(ServerFixture server)
{
    [Fact]
    public async Task A_wait_without_an_end_is_late_and_an_answer_is_not()
    {
        var judge = new AnswerTime(server);
        var never = new TaskCompletionSource();

        await judge.JudgeAsync(server.GetAsync("/health/live"), () => 0);
        var late = await Assert.ThrowsAnyAsync<Exception>(() => judge.JudgeAsync(never.Task, () => 0).WaitAsync(ServerFixture.Guard));

        Assert.StartsWith("no answer after ", late.Message, StringComparison.Ordinal);
    }
}
