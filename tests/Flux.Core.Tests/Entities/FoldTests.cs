using System.Text;
using CsCheck;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Tests.Events;

namespace Flux.Core.Tests.Entities;

/// <summary>The fold of any events against a plain dictionary.</summary>
public sealed class FoldTests
{
    [Fact]
    public void A_state_is_what_a_dictionary_would_be_after_the_same_payloads() => Json.Payload.Array[0, 12].Sample(
        payloads =>
        {
            var (state, model) = (EntityState.Empty, new SortedDictionary<string, string>(StringComparer.Ordinal));
            foreach (var payload in payloads)
            {
                var data = Bodies.Read(Bodies.Good("payload", payload));
                state = state.After(data.Payload.Change, state.Version + 1, EventHash.None, expiry: null);

                var (entityId, isDeletion, properties) = Json.Interpret(payload);
                if (isDeletion)
                {
                    model.Clear();
                }

                foreach (var (name, value) in entityId is null ? [] : properties)
                {
                    model[name] = value;
                }

                Assert.Equal(model.Select(p => (p.Key, p.Value)), state.Properties.Select(p => (p.Key, Encoding.UTF8.GetString(p.Value))));
                Assert.Equal(model.Count > 0, state.Exists);
            }

            Assert.Equal(payloads.Length, state.Version);
        },
        iter: 3_000);
}
