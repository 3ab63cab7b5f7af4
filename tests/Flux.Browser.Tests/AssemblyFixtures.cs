[assembly: AssemblyFixture(typeof(Flux.Browser.Tests.SharedBrowser))]
[assembly: AssemblyFixture(typeof(Flux.Browser.Tests.OwnedWorld))]
