namespace Flux.EventLog.Tests;

public sealed class WholeFileTests
{
    [Fact]
    public void Who_makes_a_file_that_another_is_making_does_not_give_it_its_name_before_it_is_whole()
    {
        using var home = new TempDirectory();

        Assert.Throws<IOException>(() => WholeFile.Make(home["file"], mine =>
        {
            File.WriteAllText(mine, "half");
            return WholeFile.Make(home["file"], others =>
            {
                File.WriteAllText(others, "whole");
                return 0;
            });
        }));

        Assert.Equal("whole", File.ReadAllText(home["file"]));
        Assert.Equal([home["file"]], Directory.GetFiles(home.Path));
    }
}
