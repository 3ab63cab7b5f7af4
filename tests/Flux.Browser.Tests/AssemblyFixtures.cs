[assembly: AssemblyFixture(typeof(Flux.Browser.Tests.SharedBrowser))]
