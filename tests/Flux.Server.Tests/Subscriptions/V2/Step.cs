namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>A step of a random script: what it does, and numbers that say with what.</summary>
internal sealed record Step(StepKind Kind, int A, int B, int C, int D);
