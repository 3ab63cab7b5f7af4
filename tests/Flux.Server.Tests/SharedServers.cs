using Flux.Testing.PostgreSql;

[assembly: AssemblyFixture(typeof(SharedPostgreSql))]
